"""A date is typed as people write it; words that name no single day are kept beside the dates."""

from datetime import date

import pytest
from django.utils.formats import date_format

from commitments.models import Commitment
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    lead_of,
    officer_of,
)
from tests.report_pages import form_for, report, send_off
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(client):
    return sign_in(client, officer_of(InstitutionFactory(), "point_of_contact"))


def add_milestone(client, **answers):
    of = {"commitment": CommitmentFactory().pk}
    page = client.get(address(Milestone, "add"), of)
    client.post(address(Milestone, "add"), sent_from(page, text="Hold a workshop", **answers))
    return Milestone.objects.get()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"due_on": "31 March 2027"}, ("", date(2027, 3, 31))),
        ({"due_on": "Q3 2027"}, ("Q3 2027", date(2027, 9, 30))),
        ({"due_as_published": "June 2023"}, ("June 2023", date(2023, 6, 30))),
        ({"due_as_published": "Ongoing"}, ("Ongoing", None)),
        ({"due_as_published": "Spring", "due_on": "end 2023"}, ("Spring", date(2023, 12, 31))),
    ],
)
def test_milestone_keeps_the_words_of_a_period_with_its_last_day(contact, typed, kept):
    milestone = add_milestone(contact, due_date_is_meant="on", **typed)

    assert (milestone.due_as_published, milestone.due_on) == kept


def test_milestone_that_exists_keeps_the_words_of_its_start(contact):
    milestone = add_milestone(contact)

    save(contact, milestone, start_on="autumn 2021 onwards")

    assert (milestone.start_as_published, milestone.start_on) == (
        "autumn 2021 onwards",
        date(2021, 9, 1),
    )


def test_timeline_of_a_commitment_is_made_of_both_ends(contact):
    commitment = CommitmentFactory()

    save(contact, commitment, start_date="Spring 2019", end_date="Summer 2021")

    commitment = Commitment.objects.get()
    assert commitment.timeline_as_published == "Spring 2019 – Summer 2021"
    assert (commitment.start_date, commitment.end_date) == (date(2019, 3, 1), date(2021, 8, 31))


def test_document_that_names_a_month_is_as_of_that_month(client):
    plan = PlanFactory(start_date=date(2019, 1, 1))
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan))
    sign_in(client, contact_for(milestone.commitment))
    page = client.get(form_for(milestone))
    words = {"source_title": "Self-assessment", "words_as_published": "In progress", "level": ""}

    send_off(client, form_for(milestone), report(page, as_of="May 2021", **words, _submit="1"))

    update = ProgressUpdate.objects.get()
    assert (update.as_of, update.as_of_in_words) == (date(2021, 5, 31), "May 2021")


def test_officer_who_reports_here_enters_a_single_day(client):
    milestone = MilestoneFactory()
    sign_in(client, officer_of(lead_of(milestone.commitment)))
    page = client.get(form_for(milestone))

    answer = send_off(client, form_for(milestone), report(page, as_of="May 2021", _submit="1"))

    assert errors_of(answer)["as_of"] == [
        "“May 2021” is not a single date. Enter a date, like 31 May 2021."
    ]


def test_month_stays_a_month_where_readers_see_what_is_overdue(client):
    plan = PlanFactory(start_date=date(2023, 1, 1))
    commitment = CommitmentFactory(plan=plan)
    milestone = MilestoneFactory(
        commitment=commitment, due_as_published="June 2023", due_on=date(2023, 6, 30)
    )

    for place in (plan.get_absolute_url(), "/overdue/?show=past_due"):
        said = client.get(place).text
        assert "June 2023" in said
        assert date_format(milestone.due_on) not in said
    milestone.due_on = date(2023, 7, 31)
    assert milestone.due_in_words == date_format(milestone.due_on)
