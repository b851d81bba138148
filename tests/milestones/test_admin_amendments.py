"""“Change the plan”: proposed on one page, signed off on another, shown to readers at both ends."""

import pytest

from milestones import services
from milestones.models import Amendment, Milestone
from tests.admin_pages import address, messages_of, sent_from
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    days_ago,
    lead_of,
    officer_of,
)
from tests.pages import read
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

WHY = "Its work goes on in another milestone."


@pytest.fixture
def milestone():
    plan = PlanFactory(needs_sign_off=True)
    return MilestoneFactory(commitment__plan=plan, due_on=days_ago(10))


@pytest.fixture
def other(milestone):
    return MilestoneFactory(commitment=milestone.commitment, number=2)


def propose(client, target, button="_submit", **answers):
    name = "milestone" if isinstance(target, Milestone) else "commitment"
    path = f"{address(Amendment, 'add')}?{name}={target.pk}"
    given = {"kind": "withdrawn", "reason": WHY, button: "yes"} | answers
    return client.post(path, sent_from(client.get(path), **given))


def errors_on(answer):
    return dict(answer.context["adminform"].form.errors)


def test_milestone_is_merged_once_a_lead_has_signed_it_off(client, milestone, other):
    sign_in(client, officer_of(lead_of(milestone.commitment)))
    answer = propose(client, milestone, kind="merged", merged_into=[other.pk])
    assert "Sent for sign-off" in client.get(answer.url).text
    assert WHY not in read(client, milestone.get_absolute_url()).text()

    sign_in(client, officer_of(lead_of(milestone.commitment), "lead"))
    amendment = Amendment.objects.get()
    page = client.get(address(Amendment, "publish", amendment.pk))
    assert WHY in page.text
    client.post(address(Amendment, "publish", amendment.pk), sent_from(page, do="publish"))

    milestone.refresh_from_db()
    assert milestone.amendment_state == "merged"
    shown = client.get(milestone.get_absolute_url()).text
    assert "#shape-merged" in shown
    assert WHY in shown
    assert other.get_absolute_url() in shown
    assert "Takes the place of" in client.get(other.get_absolute_url()).text
    for path in (
        milestone.commitment.get_absolute_url(),
        "/commitments/?level=merged",
        "/changes/?kind=amendment",
        "/search/?q=goes+on+in+another",
    ):
        assert "Merged" in client.get(path).text, path
    assert f"milestone-{milestone.pk}@" not in client.get("/calendar.ics").text


def test_commitment_is_put_on_hold_and_so_are_its_milestones(client, milestone, other):
    contact = contact_for(milestone.commitment)
    type(milestone.commitment.plan).objects.update(needs_sign_off=False)
    sign_in(client, contact)
    page = client.get(address(type(milestone.commitment), "change", milestone.commitment.pk))
    assert f"{address(Amendment, 'add')}?commitment={milestone.commitment.pk}" in page.text

    propose(client, milestone.commitment, "_publish", kind="put_on_hold")

    assert milestone.commitment.amendments.get().signed_off_by == contact
    assert "#shape-on-hold" in client.get(other.get_absolute_url()).text
    assert "On hold" in client.get(f"{milestone.commitment.get_absolute_url()}embed/").text


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"reason": " \n "}, "reason", "Say why the plan changes."),
        ({"reason": "a\0b"}, "reason", "character that cannot be saved"),
        ({"kind": "due_date_moved"}, "due_to", "Enter the new due date"),
        ({"kind": "due_date_moved", "due_to": "31/2/2026"}, "due_to", "This date does not exist."),
        ({"kind": "merged"}, "merged_into", "Choose what it is merged into"),
    ],
)
def test_proposal_that_breaks_a_rule_comes_back_with_the_reason(
    contact, milestone, answers, field, words
):
    answer = propose(contact, milestone, **answers)

    assert words in errors_on(answer)[field][0]
    assert not Amendment.objects.exists()


def test_point_of_contact_enters_what_a_document_says_and_a_colleague_signs_it_once(
    contact, milestone
):
    said = {"effective_on": "", "reason": "", "source_title": "Final report", "institution": ""}

    propose(contact, milestone, **said)
    amendment = Amendment.objects.get()
    assert amendment.state == "submitted"
    services.publish_update(amendment, by=contact_for(milestone.commitment))

    milestone.refresh_from_db()
    assert milestone.amendment_state == "withdrawn"
    assert "Final report" in contact.get(milestone.get_absolute_url()).text

    propose(contact, milestone, "_publish", **said | {"kind": "resumed"})
    milestone.refresh_from_db()
    assert milestone.amendment_state == ""


def test_draft_of_others_is_neither_offered_nor_taken_as_what_something_is_merged_into(
    client, milestone
):
    public, draft = (
        MilestoneFactory(commitment=CommitmentFactory(plan=milestone.commitment.plan, draft=draft))
        for draft in (False, True)
    )
    officer = officer_of(lead_of(milestone.commitment))
    sign_in(client, officer)

    answer = propose(client, milestone, kind="merged", merged_into=[draft.pk])

    offered = answer.context["adminform"].form.fields["merged_into"].queryset
    assert list(offered) == [public]
    assert "merged_into" in errors_on(answer)


def test_point_of_contact_does_not_publish_alone_and_loses_nothing(contact, milestone):
    answer = propose(contact, milestone, "_publish")

    assert "second person" in answer.text
    assert WHY in answer.text
    milestone.refresh_from_db()
    assert milestone.amendment_state == ""
    assert not Amendment.objects.exists()


def test_draft_is_finished_later_and_sent(client, milestone):
    officer = officer_of(lead_of(milestone.commitment))
    sign_in(client, officer)
    propose(client, milestone, "_draft", reason="")
    draft = Amendment.objects.get()
    path = address(Amendment, "change", draft.pk)

    client.post(path, sent_from(client.get(path), reason=WHY, _submit="yes"))

    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("submitted", WHY)


def test_due_date_far_from_the_plan_is_asked_about_before_it_is_taken(client, milestone):
    sign_in(client, officer_of(lead_of(milestone.commitment)))
    typed = {"kind": "due_date_moved", "due_to": "1 January 2099"}

    asked = propose(client, milestone, **typed)

    assert "more than a year after the plan ends" in errors_on(asked)["due_to"][0]
    assert 'type="checkbox" name="due_date_is_meant"' in asked.text
    assert not Amendment.objects.exists()
    propose(client, milestone, **typed, due_date_is_meant="on")
    assert Amendment.objects.get().state == "submitted"


def test_who_presses_add_in_the_list_is_told_where_an_amendment_begins(client, milestone):
    officer = sign_in(client, officer_of(lead_of(milestone.commitment)))

    answer = officer.get(address(Amendment, "add"), follow=True)

    assert answer.request["PATH_INFO"] == address(Milestone, "changelist")
    assert messages_of(answer) == [
        "Open the milestone or the commitment that changes, and press “Change the plan”."
    ]
