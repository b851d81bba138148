"""Emails at once: exactly those people are told who can act, once, and what they read is true."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core import serializers
from django.utils import timezone

from commitments.rights import rights_of
from milestones import services
from milestones.admin.sign_off_actions import sign_off_actions
from milestones.amendment_rules import AmendmentContent, AmendmentKind
from milestones.models import Reminder, UpdateStep
from milestones.reminders.run import send_reminders
from milestones.turns import whose_turn
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
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
    if kind == "document":
        return make_update(milestone, by=author, publish=False, source=make_document())
    return make_update(milestone, by=author, publish=False)


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
    record = draft_of(kind, milestone, people[by])

    def who_can_act():
        record.refresh_from_db()
        can = {}
        for account in people.values():
            actions = sign_off_actions(account, rights_of(account), record)
            can[account.email] = actions.may_publish or actions.may_agree
        return {address for address, can_act in can.items() if can_act}

    sent = told(services.submit_update, record, by=people[by])
    assert set(sent) == who_can_act() - {people[by].email}
    assert not whose_turn(record).is_stuck
    if civil_society and kind != "document":
        agreed = told(services.agree_to_update, record, by=people["civil society"])
        assert set(agreed) == who_can_act()


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


@pytest.mark.parametrize("needs", ["a colleague", "civil society"])
def test_author_and_administrators_are_told_if_nobody_can_sign(told, needs):
    plan = plan_that_needs(civil_society=needs == "civil society")
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan))
    alone = officer_of(lead_of(milestone.commitment), "lead")
    if needs == "civil society":
        officer_of(lead_of(milestone.commitment), "lead")
    chief = administrator()
    draft = make_update(milestone, by=alone, publish=False)

    sent = told(services.submit_update, draft, by=alone)

    assert set(sent) == {alone.email, chief.email}
    assert all("nobody can sign off this progress update" in one.subject for one in sent.values())
    assert whose_turn(draft).is_stuck


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
