"""Emails at once: exactly those people are told who can act, once, and what they read is true."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import mail as outbox
from django.core import serializers
from django.utils import timezone

from commitments.approvers import account_name
from commitments.models import Institution
from commitments.rights import rights_of
from irm import replies
from milestones import services
from milestones.admin.done import what_happens_next
from milestones.admin.sign_off_actions import sign_off_actions
from milestones.amendment_rules import AmendmentContent, AmendmentKind
from milestones.models import Reminder, UpdateStep
from milestones.reminders.run import send_reminders
from milestones.turns import whose_turn
from milestones.work.parts import WorkList
from milestones.work.work import Work
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    administrator,
    civil_society_for,
    contact_for,
    days_ago,
    lead_of,
    make_document,
    make_update,
    officer_of,
    past_the_guards,
    today,
)
from tests.mail_server import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Do something, and return who was sent an email about it, and what."""

    def told(act, *arguments, **given):
        before = len(outbox.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            act(*arguments, **given)
        return {one.to[0]: one for one in outbox.outbox[before:]}

    return told


def plan_that_needs(*, sign_off=True, civil_society=False):
    return PlanFactory(needs_sign_off=sign_off, needs_civil_society_sign_off=civil_society)


def draft_of(kind, milestone, author):
    if kind == "amendment":
        content = AmendmentContent(
            kind=AmendmentKind.DUE_DATE_MOVED,
            due_to=today() + timedelta(60),
            reason="More time.",
            effective_on=today(),
        )
        institution = lead_of(milestone.commitment)
        return services.save_amendment(milestone, content, institution=institution, by=author)
    if kind == "reply":
        finding = FindingFactory(
            assessment__commitment=milestone.commitment, milestone=milestone, found="Little."
        )
        return replies.save_reply(
            assessment=finding.assessment,
            finding=finding,
            institution=lead_of(milestone.commitment),
            text="We disagree.",
            by=author,
        )
    if kind == "document":
        return make_update(milestone, by=author, publish=False, source=make_document())
    return make_update(milestone, by=author, publish=False)


def waits_for_in_my_work(rights, on):
    """How much is in the lists of what the account of these rights has to decide."""
    work = Work(rights, on=on)
    rows = [
        row
        for part in (WorkList.SIGN_OFF, WorkList.AGREE, WorkList.AMENDMENTS, WorkList.REPLIES)
        if part in work.parts
        for row in work.rows(part, list(work.found(part)))
    ]
    return sum(row.action.path.endswith("/publish/") for row in rows)


@pytest.mark.parametrize("civil_society", [False, True])
@pytest.mark.parametrize("sign_off", [False, True])
@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("update", "reporter"),
        ("update", "lead"),
        ("amendment", "reporter"),
        ("amendment", "lead"),
        ("amendment", "contact"),
        ("document", "contact"),
        ("reply", "reporter"),
        ("reply", "lead"),
    ],
)
def test_exactly_those_are_told_who_can_act(told, kind, by, sign_off, civil_society):
    plan = plan_that_needs(sign_off=sign_off, civil_society=civil_society)
    commitment = CommitmentFactory(plan=plan)
    milestone = MilestoneFactory(commitment=commitment, due_on=today() + timedelta(30))
    office = lead_of(commitment)
    people = {
        "reporter": officer_of(office),
        "lead": officer_of(office, "lead"),
        "other lead": officer_of(office, "lead"),
        "contact": contact_for(commitment),
        "civil society": civil_society_for(commitment),
        "administrator": administrator(),
        "stranger": officer_of(lead_of(CommitmentFactory()), "lead"),
    }
    record, author = draft_of(kind, milestone, people[by]), people[by]
    asks_civil_society = civil_society and kind not in {"document", "reply"}

    def act(action, *arguments, **given):
        """Do it; those who are told are those who can act, and the pages and lists say the same."""
        sent = told(action, record, *arguments, **given)
        record.refresh_from_db()
        rights = {one: rights_of(one) for one in people.values()}
        actions = {one: sign_off_actions(one, rights[one], record) for one in rights}
        able = {one for one in rights if actions[one].may_publish or actions[one].may_agree}
        waits = record.state == "submitted"
        if waits:
            assert {one for one in rights if waits_for_in_my_work(rights[one], today())} == able
            names = " ".join(what_happens_next(record))
            assert all(account_name(one) in names for one in able)
            signers = able - {people["civil society"]}
            told_to_sign = "It is for you to sign it off"
            says_so = {one for one in rights if told_to_sign in " ".join(actions[one].sentences)}
            assert says_so == signers
        return set(sent), {one.email for one in able} if waits else {author.email}

    sent, able = act(services.submit_update, by=author)
    assert sent == able - {author.email}
    assert not whose_turn(record).is_stuck
    if asks_civil_society:
        sent, able = act(services.agree_to_update, by=people["civil society"])
        assert sent == able
    signer = next(one for one in people.values() if one.email in able - {author.email})
    sent, able = act(services.return_update, by=signer, comment="Say why.")
    assert sent == able
    act(services.submit_update, by=author)
    if asks_civil_society:
        act(services.agree_to_update, by=people["civil society"])
    sent, able = act(services.publish_update, by=signer)
    assert sent == able


def test_colleague_reads_what_it_is_and_where_to_sign(told, milestone, rhona, lead, settings):
    make_update(milestone, "not_started", as_of=days_ago(40))
    draft = make_update(milestone, "limited", by=rhona, publish=False, narrative="Two workshops.")

    email = told(services.submit_update, draft, by=rhona)[lead.email]

    where = f"{milestone.commitment.short_name}, {milestone.name}"
    assert email.subject == (
        f"Open Government Tracker: this progress update waits for you ({where})"
    )
    assert email.body.startswith("Dear Lena Law,\n\nThis progress update waits for you.\n")
    assert f"{where}\n{milestone.text}\n" in email.body
    assert "* Scotland: Limited" in email.body
    assert "Before: Not started" in email.body
    assert "Two workshops." in email.body
    assert f"Read it and sign it off:\n{settings.SITE_URL}/admin/milestones/prog" in email.body
    assert email.alternatives == []


def test_lead_reads_the_reply_and_the_missed_email_comes_later(told, milestone, rhona, lead):
    reply = draft_of("reply", milestone, rhona)

    email = told(services.submit_update, reply, by=rhona)[lead.email]

    assert "this reply waits for you" in email.subject
    assert f"{milestone.text}\n" in email.body
    assert "We disagree." in email.body
    assert f"/admin/irm/reply/{reply.pk}/publish/" in email.body
    Reminder.objects.all().delete()
    outbox.outbox.clear()
    send_reminders(on=today(), tell=lambda email, outcome: None)
    subjects = [one.subject for one in outbox.outbox if one.to == [lead.email]]
    assert any("this reply waits for you" in subject for subject in subjects)
    assert any("1 reply to an assessor waits for you" in subject for subject in subjects)


def test_officers_of_a_nation_are_told_if_another_institution_changes_its_level(told):
    office = InstitutionFactory(nation__code="sct")
    commitment = CommitmentFactory(nations=["sct", "nir"], lead=office)
    milestone = MilestoneFactory(commitment=commitment)
    author, signer = officer_of(office), officer_of(office, "lead")
    devolved = {"kind": Institution.Kind.DEVOLVED, "nation__code": "nir"}
    belfast = InstitutionFactory(name="The Executive Office", **devolved)
    theirs = {officer_of(belfast).email, officer_of(belfast, "lead").email}
    theirs.add(officer_of(belfast, "point_of_contact").email)
    officer_of(InstitutionFactory(kind="department", nation__code="nir"))
    make_update(milestone, "completed", nations=["sct", "nir"], as_of=days_ago(9), by=author)

    def publish(level, nations):
        draft = make_update(milestone, level, nations=nations, by=author, publish=False)
        services.submit_update(draft, by=author)
        return told(services.publish_update, draft, by=signer)

    assert set(publish("limited", ["sct"])) == {author.email}
    sent = publish("limited", ["sct", "nir"])
    assert set(sent) == theirs | {author.email}
    email = sent[min(theirs)]
    assert f"{office} has changed the level in Northern Ireland" in email.subject
    assert "* Northern Ireland: Limited" in email.body
    assert "Before: Completed" in email.body
    assert "Scotland" not in email.body
    assert set(publish("limited", ["sct", "nir"])) == {author.email}


def test_author_is_told_what_came_back_and_what_is_published(told, milestone, rhona, lead):
    draft = make_update(milestone, by=rhona, publish=False)
    services.submit_update(draft, by=rhona)

    (back,) = told(services.return_update, draft, by=lead, comment="Which workshops?").items()
    assert back[0] == rhona.email
    assert "your progress update was returned to you" in back[1].subject
    assert "What has to change:\nWhich workshops?\n" in back[1].body

    services.submit_update(draft, by=rhona)
    (done,) = told(services.publish_update, draft, by=lead).items()
    assert (done[0], "is published" in done[1].subject) == (rhona.email, True)
    assert "Before:" not in done[1].body


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        *product(["update", "amendment"], ["a colleague", "civil society"]),
        # Civil society is not asked about replies.
        ("reply", "a colleague"),
    ],
)
def test_author_and_administrators_are_told_if_nobody_can_sign(told, needs, kind):
    plan = plan_that_needs(civil_society=needs == "civil society")
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan))
    alone = officer_of(lead_of(milestone.commitment), "lead")
    if needs == "civil society":
        officer_of(lead_of(milestone.commitment), "lead")
    chief = administrator()
    draft = draft_of(kind, milestone, alone)

    sent = told(services.submit_update, draft, by=alone)

    assert set(sent) == {alone.email, chief.email}
    draft.refresh_from_db()
    what = draft._meta.verbose_name
    assert all(f"nobody can sign off this {what}" in one.subject for one in sent.values())
    role = "Civil-society lead" if needs == "civil society" and kind != "reply" else "Lead"
    place = plan if role != "Lead" else lead_of(milestone.commitment)
    assert f"Give somebody the role “{role}” for {place}:" in sent[chief.email].body
    assert "/admin/auth/user/" in sent[chief.email].body
    assert whose_turn(draft).is_stuck
    ask = f"Ask an administrator to give somebody the role “{role}” for {place}."
    stuck = f"Nobody can sign this off. {ask}"
    assert list(what_happens_next(draft)) == [stuck]
    for account in (alone, chief):
        assert sign_off_actions(account, rights_of(account), draft).sentences[0] == stuck


def test_nobody_is_told_twice_or_of_what_is_no_longer_so(told, milestone, rhona, lead):
    draft = make_update(milestone, by=rhona, publish=False)
    told(services.submit_update, draft, by=rhona)
    assert Reminder.objects.filter(kind="turn", account=lead, state="sent").count() == 1
    assert told(services.submit_update, draft, by=rhona) == {}
    outbox.outbox.clear()

    send_reminders(on=today(), tell=lambda email, outcome: None)
    assert not [one for one in outbox.outbox if "this progress update waits" in one.subject]

    Reminder.objects.all().delete()
    services.publish_update(draft, by=lead)
    send_reminders(on=today(), tell=lambda email, outcome: None)
    subjects = [one.subject for one in outbox.outbox]
    assert not any("waits for you" in subject and "this" in subject for subject in subjects)
    assert any("is published" in subject for subject in subjects)


def test_officer_is_not_stopped_by_a_mail_server_that_is_away_and_the_email_comes_later(
    told, milestone, rhona, lead, settings
):
    draft = make_update(milestone, by=rhona, publish=False)
    with MailServer() as server:
        gone = server.settings
    backend = settings.EMAIL_BACKEND
    for name, value in gone.items():
        setattr(settings, name, value)

    assert told(services.submit_update, draft, by=rhona) == {}
    draft.refresh_from_db()
    assert (draft.state, Reminder.objects.count()) == ("submitted", 0)

    settings.EMAIL_BACKEND = backend
    send_reminders(on=timezone.localdate(), tell=lambda email, outcome: None)
    assert any("this progress update waits for you" in one.subject for one in outbox.outbox)


def test_account_without_an_address_or_switched_off_gets_nothing(told, milestone, rhona):
    office = lead_of(milestone.commitment)
    officer_of(office, "lead", email="")
    officer_of(office, "lead", is_active=False)
    AccountFactory()
    draft = make_update(milestone, by=rhona, publish=False)

    assert told(services.submit_update, draft, by=rhona) == {}


def test_steps_that_a_backup_brings_back_are_told_to_nobody(told, milestone, rhona, lead):
    draft = make_update(milestone, by=rhona, publish=False)
    services.submit_update(draft, by=rhona)
    services.publish_update(draft, by=lead)
    backup = serializers.serialize("json", UpdateStep.objects.all())

    def restore():
        for row in serializers.deserialize("json", backup):
            row.object.pk = None
            row.save()

    with past_the_guards():
        assert told(restore) == {}
    assert UpdateStep.objects.count() == 4
