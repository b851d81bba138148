"""The officers' pages ask the database as often for many rows as for few."""

import pytest
from django.urls import reverse

from commitments.models import Commitment
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    contact_for,
    days_ago,
    lead_of,
    make_update,
    move_due_date,
    nations,
    officer_of,
)
from tests.pages import queries_of, read
from tests.report_pages import form_for
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("one_minute")]


@pytest.fixture
def milestone():
    milestone = MilestoneFactory(commitment=CommitmentFactory(lead=InstitutionFactory()))
    grow(milestone)
    return milestone


def grow(milestone, times=1):
    """Add published reports, drafts of others and further milestones."""
    for number in range(times):
        for code in ("eng", "sct", "wls"):
            make_update(milestone, nations=[code], as_of=days_ago(number))
        make_update(milestone, publish=False)
        MilestoneFactory(commitment=milestone.commitment)
        led = lead_of(milestone.commitment)
        MilestoneFactory(commitment=CommitmentFactory(lead=led))


def more_asked(counts, grow):
    counts()
    few = counts()
    grow()
    many = counts()
    return {path: (few[path], many[path]) for path in few if many[path] > few[path]}


def test_pages_of_a_reporter_ask_no_more_for_many_rows(client, milestone):
    account = officer_of(lead_of(milestone.commitment))
    draft = make_update(milestone, "completed", nations=["eng"], by=account, publish=False)
    bulk = reverse("admin:milestones_milestone_report")

    def counts():
        keys = ",".join(map(str, Milestone.objects.values_list("pk", flat=True)))
        return {
            path.partition("?")[0] + name: queries_of(client, path)
            for name, path in {
                "which": address(ProgressUpdate, "add"),
                "search": f"{address(ProgressUpdate, 'add')}?q=what+milestone",
                "go on": form_for(milestone),
                "new": form_for(milestone, another=1),
                "draft": address(ProgressUpdate, "change", draft.pk),
                "preview": address(ProgressUpdate, "preview", draft.pk),
                "list": address(ProgressUpdate, "changelist"),
                "bulk": f"{bulk}?milestones={keys}",
            }.items()
        }

    sign_in(client, account)
    assert more_asked(counts, lambda: grow(milestone, 3)) == {}


def edit(milestone, published, times=1):
    grow(milestone, times)
    commitment = milestone.commitment
    for number in range(times):
        commitment.title = f"Title {number} of {times}"
        commitment.save()
        commitment.nations.set(nations(("eng", "wls", "nir" if number % 2 else "sct")))
        milestone.text = f"Text {number} of {times}"
        milestone.save()
        InvolvementFactory(commitment=commitment)
        assessment = AssessmentFactory(commitment=commitment)
        FindingFactory(assessment=assessment, milestone=milestone)
        move_due_date(
            milestone,
            to=days_ago(-300 - milestone.amendments.count()),
            reason="It takes longer.",
            institution=published.institution,
            by=None,
        )


@pytest.mark.parametrize("role", ["reporter", "lead", "contact"])
def test_pages_of_rows_and_of_their_past_ask_no_more_for_many_rows(client, milestone, role):
    commitment, body = milestone.commitment, lead_of(milestone.commitment)
    account = contact_for(commitment) if role == "contact" else officer_of(body, role)
    published = make_update(milestone, "limited", nations=["eng"])
    rows = (milestone, commitment, body, published, milestone.nation_progress.first())
    paths = [address(type(row), page, row.pk) for row in rows for page in ("change", "history")]

    def counts():
        return {path: queries_of(client, path) for path in paths}

    sign_in(client, account)
    edit(milestone, published)
    assert more_asked(counts, lambda: edit(milestone, published, 3)) == {}


def test_history_of_a_commitment_says_what_was_chosen_of_other_tables(client, milestone):
    commitment = milestone.commitment
    sign_in(client, contact_for(commitment))
    commitment.nations.set(nations(("eng", "sct")))
    commitment.title = "Its second title"
    commitment.save()
    commitment.nations.set(nations(("eng", "wls")))

    page = " ".join(read(client, address(Commitment, "history", commitment.pk)).html.split())

    assert "[England (UK Government), Scotland] → [England (UK Government)]" in page
    assert "[England (UK Government)] → [England (UK Government), Wales]" in page
    assert "→ Its second title" in page
