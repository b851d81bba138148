"""What waits for an account: every part, for every role, counted exactly."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest

from commitments.models import Membership
from commitments.rights import rights_of
from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.models import Milestone, ProgressUpdate
from milestones.work.parts import OF_MILESTONES, WorkList, due_in_words
from milestones.work.work import SHOWN_IF_FILLED, PlanWork, Work
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    civil_society_for,
    contact_for,
    days_ago,
    make_document,
    make_report,
    make_update,
    nation,
    officer_of,
    researcher,
    today,
)
from tests.work_world import Desk

pytestmark = pytest.mark.django_db

Role = Membership.Role


def work_of(account):
    return Work(rights_of(account), on=today())


def found(account, part):
    return list(work_of(account).found(part))


def rows(account, part):
    work = work_of(account)
    return work.rows(part, list(work.found(part)))


@pytest.fixture
def officer(office):
    return officer_of(office)


def led_by(office, due=10, **given):
    commitment = CommitmentFactory(lead=office, **given)
    return MilestoneFactory(commitment=commitment, due_on=days_ago(due))


# Milestones --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "part"),
    [
        (1, WorkList.OVERDUE),
        (0, WorkList.DUE),
        (-30, WorkList.DUE),
        (-31, WorkList.STALE),
    ],
)
def test_officer_finds_a_milestone_in_one_part_only(office, officer, days, part):
    milestone = led_by(office, due=days)

    assert {kind for kind in OF_MILESTONES if milestone in found(officer, kind)} == {part}
    assert work_of(officer).counts()[part] == 1


def test_officer_finds_a_milestone_without_due_date_once_it_is_silent(office, officer):
    milestone = MilestoneFactory(commitment=CommitmentFactory(lead=office), due_on=None)

    assert found(officer, WorkList.STALE) == [milestone]
    assert rows(officer, WorkList.STALE)[0].due == "No due date is known"


def test_officer_of_the_lead_looks_after_every_nation(office, officer):
    milestone = led_by(office)
    make_update(milestone, "completed", nations=["eng", "wls", "nir"])

    (row,) = rows(officer, WorkList.OVERDUE)

    assert [str(place) for place, _sign in row.parts] == ["Scotland"]


def test_officer_of_a_partner_looks_after_the_own_nation_only(office):
    milestone = led_by(office)
    partner = InstitutionFactory(nation=nation("sct"))
    InvolvementFactory(commitment=milestone.commitment, institution=partner)
    officer = officer_of(partner)
    assert [str(place) for place, _ in rows(officer, WorkList.OVERDUE)[0].parts] == ["Scotland"]

    make_update(milestone, "completed", nations=["sct"])

    assert found(officer, WorkList.OVERDUE) == []


def test_officer_of_two_institutions_sees_the_work_of_both_once(office, officer):
    first = led_by(office, due=20)
    other = InstitutionFactory(nation=nation("sct"))
    InvolvementFactory(commitment=first.commitment, institution=other)
    second = led_by(other, due=5)
    MembershipFactory(account=officer, institution=other)

    assert found(officer, WorkList.OVERDUE) == [first, second]
    assert work_of(officer).counts()[WorkList.OVERDUE] == 2


def test_row_leads_to_the_report_or_to_the_draft_that_is_begun(office, officer):
    milestone = led_by(office)
    (row,) = rows(officer, WorkList.OVERDUE)
    assert row.action.label == "Report progress"
    assert row.action.path == f"/admin/milestones/progressupdate/add/?milestone={milestone.pk}"

    draft = services.save_draft(milestone, make_report(""), institution=office, by=officer)

    (row,) = rows(officer, WorkList.OVERDUE)
    assert row.action.label == "Go on writing"
    assert row.action.path == f"/admin/milestones/progressupdate/{draft.pk}/change/"


def test_row_of_what_a_colleague_sent_for_sign_off_asks_for_no_second_report(office, officer):
    milestone = led_by(office)
    draft = make_update(milestone, publish=False)
    assert rows(officer, WorkList.OVERDUE)[0].action.label == "Report progress"

    services.submit_update(draft, by=draft.recorded_by)

    assert rows(officer, WorkList.OVERDUE)[0].action.label == "Look at what was sent"


def test_row_says_of_which_day_the_last_report_speaks(office, officer):
    milestone = led_by(office)
    assert rows(officer, WorkList.OVERDUE)[0].last_as_of is None

    make_update(milestone, as_of=days_ago(40))

    assert rows(officer, WorkList.OVERDUE)[0].last_as_of == days_ago(40)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "1 day overdue"),
        (-12, "12 days overdue"),
        (0, "Due today"),
        (1, "Due tomorrow"),
        (12, "Due in 12 days"),
    ],
)
def test_lateness_is_said_in_words(days, words):
    assert due_in_words(today() + timedelta(days=days), today()) == words


# Updates -----------------------------------------------------------------------------------------


@pytest.fixture
def lead(office):
    return officer_of(office, Role.LEAD)


def sent(office, by, **plan):
    milestone = led_by(office, plan=PlanFactory(**plan))
    update = make_update(milestone, institution=office, by=by, publish=False)
    return services.submit_update(update, by=by)


def test_draft_waits_for_its_author_and_is_counted_for_the_lead(office, officer, lead):
    draft = services.save_draft(led_by(office), make_report(""), institution=office, by=officer)

    assert found(officer, WorkList.DRAFTS) == [draft]
    assert found(lead, WorkList.DRAFTS) == []
    assert found(lead, WorkList.COLLEAGUES) == [draft]
    assert WorkList.COLLEAGUES not in work_of(officer).parts


def test_report_that_was_sent_waits_for_the_lead(office, officer, lead):
    update = sent(office, officer)

    assert found(lead, WorkList.SIGN_OFF) == [update]
    assert found(lead, WorkList.WAITING) == []
    assert found(officer, WorkList.WAITING) == [update]
    assert rows(lead, WorkList.SIGN_OFF)[0].action.path.endswith(f"/{update.pk}/publish/")

    services.publish_update(update, by=lead)
    assert found(lead, WorkList.SIGN_OFF) == found(officer, WorkList.WAITING) == []


def test_own_report_of_a_lead_waits_for_a_colleague_where_the_plan_asks_for_one(office, lead):
    update = sent(office, lead, needs_sign_off=True)

    assert found(lead, WorkList.SIGN_OFF) == []
    (row,) = rows(lead, WorkList.WAITING)
    assert (row.update, row.note) == (update, "Waits for the sign-off of a colleague.")
    assert found(officer_of(office, Role.LEAD), WorkList.SIGN_OFF) == [update]


def test_report_waits_for_civil_society_before_it_waits_for_the_lead(office, officer, lead):
    update = sent(office, officer, needs_civil_society_sign_off=True)
    friend = civil_society_for(update.milestone.commitment)
    assert found(friend, WorkList.AGREE) == [update]
    assert found(lead, WorkList.SIGN_OFF) == []
    assert rows(lead, WorkList.WAITING)[0].note == "Waits for the agreement of civil society."

    services.agree_to_update(update, by=friend)

    assert found(friend, WorkList.AGREE) == []
    assert found(lead, WorkList.SIGN_OFF) == [update]


def test_lists_are_those_of_what_the_services_let_each_account_do(office, officer, lead):
    """The rules in SQL and in Python agree, for every author, plan and account."""
    friend = civil_society_for(CommitmentFactory())
    both = officer_of(office)
    MembershipFactory(account=both, institution=office, role=Role.LEAD)
    contact = AccountFactory()
    for needs_sign_off, needs_agreement in product((True, False), repeat=2):
        plan = PlanFactory(
            needs_sign_off=needs_sign_off, needs_civil_society_sign_off=needs_agreement
        )
        for account in (friend, both):
            body = friend.memberships.first().institution
            MembershipFactory(
                account=account, institution=body, role=Role.CIVIL_SOCIETY_LEAD, plan=plan
            )
        MembershipFactory(
            account=contact, institution=office, role=Role.POINT_OF_CONTACT, plan=plan
        )
        for author, agreed in product((officer, lead, both), (False, True)):
            update = make_update(
                led_by(office, plan=plan), institution=office, by=author, publish=False
            )
            services.submit_update(update, by=author)
            if agreed and needs_agreement:
                services.agree_to_update(update, by=friend)
        services.submit_update(
            make_update(led_by(office, plan=plan), source=make_document(), publish=False), by=None
        )
    updates = list(ProgressUpdate.objects.all())
    assert len(updates) == 28

    numbers = Counter()
    stranger = officer_of(InstitutionFactory(), Role.LEAD)
    for account in (officer, lead, both, friend, contact, stranger):
        rights, lists = rights_of(account), {WorkList.SIGN_OFF: [], WorkList.AGREE: []}
        for update in updates:
            signs = services.may_publish(rights, update)
            if signs and not services.what_is_missing(update, by=account):
                lists[WorkList.SIGN_OFF].append(update)
            agrees = services.is_asked_to_agree(rights, update)
            if agrees and update.co_signed_by is None:
                lists[WorkList.AGREE].append(update)
        for part, listed in lists.items():
            assert {*found(account, part)} == {*listed}, (account, part)
            numbers[part] += len(listed)
    assert numbers == {WorkList.SIGN_OFF: 42, WorkList.AGREE: 6}


def test_returned_report_comes_back_with_the_last_comment(office, officer, lead):
    update = sent(office, officer)
    for comment in ("Say where.", "Say when."):
        services.return_update(update, by=lead, comment=comment)
        if comment == "Say where.":
            services.submit_update(update, by=officer)

    (row,) = rows(officer, WorkList.RETURNED)

    assert (row.comment, row.returned.by) == ("Say when.", lead)
    assert row.action.label == "Go on writing"
    assert found(officer, WorkList.DRAFTS) == []


def test_words_of_a_document_wait_for_the_point_of_contact_and_the_lead(office, lead):
    milestone = led_by(office)
    contact = contact_for(milestone.commitment)
    update = make_update(milestone, source=make_document(), publish=False)
    assert found(contact, WorkList.DRAFTS) == [update]

    services.submit_update(update, by=None)

    assert found(contact, WorkList.SIGN_OFF) == [update]
    assert found(lead, WorkList.SIGN_OFF) == [update]
    assert services.publish_update(update, by=contact).is_published


# Roles -------------------------------------------------------------------------------------------


def test_account_without_a_role_in_government_has_no_work(office):
    for account in (AccountFactory(), AccountFactory(superuser=True), researcher()):
        assert work_of(account).counts() == {}
        assert PlanWork(rights_of(account), on=today()).institutions() == []


def test_counts_are_as_many_as_the_lists_show():
    desk = Desk()
    desk.grow(2)
    for account in (desk.lead, desk.reporter):
        work = work_of(account)
        listed = {part: len(work.found(part)) for part in work.parts}
        assert work.counts() == {
            part: n for part, n in listed.items() if n or part not in SHOWN_IF_FILLED
        }


# The whole plan ----------------------------------------------------------------------------------


@pytest.fixture
def contact(office):
    return contact_for(led_by(office, due=10).commitment)


def institutions(contact):
    return {row.institution: row for row in PlanWork(rights_of(contact), on=today()).institutions()}


def test_contact_sees_who_has_something_overdue_and_who_has_gone_silent(office, contact):
    row = institutions(contact)[office]

    assert (row.counts[WorkList.OVERDUE], row.unfinished, row.last_published) == (1, 1, None)
    assert row.is_stale

    make_update(Milestone.objects.get(), institution=office)

    row = institutions(contact)[office]

    assert row.last_published == today()
    assert not row.is_stale


def test_contact_of_a_nation_sees_what_its_institutions_lead(office):
    milestone = led_by(office)
    contact = officer_of(InstitutionFactory(nation=nation("eng")), Role.POINT_OF_CONTACT)
    led_by(InstitutionFactory(nation=nation("sct")))

    plan = PlanWork(rights_of(contact), on=today())

    assert list(plan.found(WorkList.OVERDUE)) == [milestone]
    assert list(institutions(contact)) == [office]


def test_contact_sees_how_many_reports_wait_for_an_institution(office, contact):
    draft = make_update(Milestone.objects.get(), institution=office, publish=False)
    assert institutions(contact)[office].waiting == 0

    services.submit_update(draft, by=draft.recorded_by)

    assert institutions(contact)[office].waiting == 1


def test_amendment_waits_for_its_author_and_then_for_a_lead(office, officer, lead):
    milestone = led_by(office)
    content = AmendmentContent("withdrawn", days_ago(1), "Dropped.")
    draft = services.save_amendment(milestone, content, institution=office, by=officer)
    part = WorkList.AMENDMENTS
    assert (found(officer, part), found(lead, part)) == ([draft], [])

    services.submit_update(draft, by=officer)
    assert (found(officer, part), found(lead, part)) == ([], [draft])
    assert work_of(lead).counts()[part] == 1
    assert milestone in found(officer, WorkList.OVERDUE)

    services.publish_update(draft, by=lead)
    assert (found(officer, part), found(lead, part)) == ([], [])
    assert milestone not in found(officer, WorkList.OVERDUE)
