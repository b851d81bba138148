"""A point of contact enters milestones in rows, pastes them, and copies commitments."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment
from milestones import services
from milestones.due_dates import questionable_due_date
from milestones.labels import next_label
from milestones.pasted_milestones import milestones_in
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    PolicyAreaFactory,
    contact_for,
    make_update,
    nation,
    officer_of,
)
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def draft():
    plan = PlanFactory(start_date=date(2026, 1, 1), end_date=date(2027, 12, 31))
    return CommitmentFactory(draft=True, plan=plan, title="Open the books")


@pytest.fixture
def contact(client, draft):
    return sign_in(client, contact_for(draft))


def paste(client, commitment, text, **changes):
    page = client.get(address(Commitment, "change", commitment.pk))
    return send(client, commitment, page, **{"milestones-pasted": text, **changes})


def send(client, commitment, page, **changes):
    return client.post(address(Commitment, "change", commitment.pk), sent_from(page, **changes))


@pytest.mark.parametrize(
    ("last", "following"),
    [
        *[("0", "1"), ("9", "10"), ("1.9", "1.10"), ("1.10", "1.11"), ("1.01", "1.02")],
        *[("2a", "2b"), ("2.1a", "2.1b"), ("b", "c"), ("M3", "M4"), ("2024-1", "2024-2")],
        *[("z", ""), ("Final report", ""), ("9" * 60, "")],
    ],
)
def test_label_goes_on_from_the_one_before(last, following):
    assert next_label(last) == following


def test_label_that_is_taken_is_passed_over():
    assert next_label("1", ["1", "2", "3"]) == "4"


@pytest.mark.parametrize(
    ("due_on", "asked"),
    [
        (date(2025, 12, 31), "before the plan starts, on 1 January 2026"),
        (date(2026, 1, 1), ""),
        (date(2028, 12, 31), ""),
        (date(2029, 1, 1), "more than a year after the plan ends, on 31 December 2027"),
    ],
)
def test_due_date_far_from_its_plan_is_asked_about(due_on, asked):
    question = questionable_due_date(due_on, date(2026, 1, 1), date(2027, 12, 31))

    assert asked in question
    assert bool(question) == bool(asked)
    assert questionable_due_date(due_on, None, None) == ""


def test_form_has_empty_rows_without_a_script_and_more_on_request(contact):
    page = contact.get(address(Commitment, "add"))
    sent = sent_from(page, **{"milestones-2-text": "Typed already", "_more_rows": "milestones"})
    assert sent["milestones-TOTAL_FORMS"] == ["3"]

    more = contact.post(address(Commitment, "add"), sent)

    shown = sent_from(more)
    assert shown["milestones-TOTAL_FORMS"] == ["6"]
    assert shown["milestones-2-text"] == ["Typed already"]
    assert errors_of(more) == {}
    assert Commitment.objects.filter(title="").count() == 0


def test_only_what_is_typed_is_saved_and_numbers_go_on(contact, draft):
    MilestoneFactory(commitment=draft, label="1.9")
    page = contact.get(address(Commitment, "change", draft.pk))
    sent = sent_from(
        page,
        **{
            "milestones-TOTAL_FORMS": "5",
            "milestones-1-text": "First",
            "milestones-3-text": "Second",
            "milestones-3-label": "7b",
            "milestones-4-text": "Third",
        },
    )

    answer = contact.post(address(Commitment, "change", draft.pk), sent)

    assert answer.status_code == 302, errors_of(answer)
    rows = draft.milestones.values_list("label", "label_is_ours", "order")[1:]
    assert list(rows) == [("1.10", True, 2), ("7b", False, 3), ("7c", True, 4)]


def test_odd_due_date_has_to_be_confirmed(contact, draft):
    page = contact.get(address(Commitment, "change", draft.pk))
    row = {"milestones-0-text": "Too late", "milestones-0-due_on": "1 January 2035"}

    asked = contact.post(address(Commitment, "change", draft.pk), sent_from(page, **row))
    assert "after the plan ends" in errors_of(asked)["milestones-0-due_on"][0]
    assert not draft.milestones.exists()

    confirmed = sent_from(asked, **{"milestones-0-due_date_is_meant": "on"})
    contact.post(address(Commitment, "change", draft.pk), confirmed)
    assert draft.milestones.get().due_on == date(2035, 1, 1)


@pytest.mark.parametrize(
    ("line", "label", "text"),
    [
        ("1. Publish", "1", "Publish"),
        ("(b) Publish", "b", "Publish"),
        ("1.10 Publish", "1.10", "Publish"),
        ("2.1a: Publish", "2.1a", "Publish"),
        ("Milestone 3 Publish", "3", "Publish"),
        ("• Publish", "", "Publish"),
        ("- 4) Publish", "4", "Publish"),
        ("1.\tPublish", "1", "Publish"),
        ("•\tPublish", "", "Publish"),
        ("2 reports on all", "", "2 reports on all"),
        ("10.03.2027 workshop", "", "10.03.2027 workshop"),
        ("A new law", "", "A new law"),
        ("“Open by default”", "", "“Open by default”"),
    ],
)
def test_lines_are_read_with_their_bullets_and_numbers(line, label, text):
    (row,) = milestones_in(f"\n{line}\r\n\n")

    assert (row.label, row.text, row.unread) == (label, text, ())


def test_table_is_read_by_its_content():
    table = (
        "No.\tMilestone\tStart date\tDue date\tLead\n"
        '1\t"Two\nlines ""here"""\tJan 2026\tMarch 2027\tCO\n'
        '2\tSay "yes" to all\tby then\tNobody\tmore\n'
    )
    one, two = milestones_in(table, {"co"})

    assert (one.text, one.start, one.due, one.lead) == (
        'Two\n\nlines "here"',
        *("Jan 2026", "March 2027", "CO"),
    )
    assert (two.text, two.due, two.lead) == ('Say "yes" to all', "by then", "Nobody")
    assert "“more” was not used" in two.unread[0]


def test_pasted_milestones_are_checked_and_then_saved_together(contact, draft):
    office = InstitutionFactory(name="Cabinet Office", other_names="CO")
    text = "1.1\tPublish it\tQ1 2027\tCO\n\tTell all\tsoon\tNo such body\n"

    checked = paste(contact, draft, text, title="Typed, too")
    assert "“soon” cannot be read as a date" in checked.text
    assert [*errors_of(checked)] == ["milestones-2-lead"]
    assert sent_from(checked)["title"] == ["Typed, too"]
    assert not draft.milestones.exists()

    refused = send(contact, draft, checked)
    assert "No institution is called “No such body”" in errors_of(refused)["milestones-2-lead"][0]
    assert not draft.milestones.exists()

    done = send(contact, draft, refused, **{"milestones-2-lead": ""})
    assert done.status_code == 302
    one, two = draft.milestones.order_by("order")
    assert (one.label, one.due_as_published, one.due_on) == ("1.1", "Q1 2027", date(2027, 3, 31))
    assert one.lead == office
    assert (two.label, two.label_is_ours, two.due_as_published) == ("1.2", True, "soon")
    assert one.nation_progress.count() == draft.nations.count()

    again = send(contact, draft, refused, **{"milestones-2-lead": ""})
    assert "Milestone 1.1 is the same already" in again.text
    assert draft.milestones.count() == 2


@pytest.mark.parametrize("text", ["x" * 20_001, "x\n" * 101])
def test_what_is_too_much_at_once_stays_in_its_box(contact, draft, text):
    answer = paste(contact, draft, text)

    assert answer.context["pasting_problem"]
    assert sent_from(answer)["milestones-pasted"][0].strip() == text.strip()


def test_what_a_colleague_saved_is_not_passed_over_by_more_rows(contact, draft):
    page = contact.get(address(Commitment, "change", draft.pk))
    Commitment.objects.filter(pk=draft.pk).update(title="A colleague's title")

    more = send(contact, draft, page, title="Mine", _more_rows="milestones")

    assert "A colleague's title" in "".join(errors_of(more)["title"]).replace("&#x27;", "'")


def test_queries_of_the_form_do_not_grow_with_the_milestones(contact, draft):
    def queries(number):
        MilestoneFactory.create_batch(number, commitment=draft, lead=InstitutionFactory())
        with CaptureQueriesContext(connection) as found:
            contact.get(address(Commitment, "change", draft.pk))
        return len(found)

    few = queries(1)
    assert queries(10) <= few


def test_copy_is_a_draft_with_its_milestones_and_nothing_that_happened(contact, draft):
    draft.policy_areas.add(PolicyAreaFactory())
    kept = make_update(milestone=MilestoneFactory(commitment=draft, due_on=date(2027, 5, 1)))
    MilestoneFactory(commitment=draft, label="gone", amendment_state="withdrawn")

    answer = contact.post(address(Commitment, "copy", draft.pk), {"plan": draft.plan_id})

    copy = Commitment.objects.get(slug="open-the-books")
    assert answer["Location"] == address(Commitment, "change", copy.pk)
    assert (copy.title, copy.ogp_id, copy.published_on) == ("Open the books", "", None)
    assert set(copy.nations.all()) == set(draft.nations.all())
    assert list(copy.policy_areas.all()) == list(draft.policy_areas.all())
    roles = ("institution", "role")
    assert list(copy.involvements.values_list(*roles)) == list(
        draft.involvements.values_list(*roles)
    )
    milestone = copy.milestones.get()
    assert (milestone.text, milestone.due_on) == (kept.milestone.text, date(2027, 5, 1))
    assert not milestone.updates.exists()
    assert milestone.overall == "not_reported"
    page = contact.get(answer["Location"])
    assert any("Check its title" in said for said in messages_of(page))


def test_copy_into_another_plan_has_no_dates(client, draft):
    plan = PlanFactory()
    MilestoneFactory(commitment=draft, due_on=date(2027, 5, 1))
    account = officer_of(InstitutionFactory(nation=nation("eng")), "point_of_contact")

    copy = services.copy_commitment(draft, plan, account)

    assert (copy.plan, copy.end_date, copy.milestones.get().due_on) == (plan, None, None)


def test_nobody_copies_into_a_plan_to_which_they_cannot_add(draft):
    account = contact_for(draft)

    with pytest.raises(ValidationError):
        services.copy_commitment(draft, PlanFactory(), officer_of(InstitutionFactory()))
    assert Commitment.objects.count() == 1
    assert services.copy_commitment(draft, draft.plan, account).slug == "open-the-books"


def test_reporter_does_not_copy(client, draft):
    reporter = officer_of(draft.involvements.get().institution)

    answer = sign_in(client, reporter).get(address(Commitment, "copy", draft.pk))

    assert answer.status_code == 403
