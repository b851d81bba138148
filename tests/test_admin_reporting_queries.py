"""The officers' pages ask the database as often for many rows as for few."""

import pytest
from django.urls import reverse

from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    contact_for,
    days_ago,
    lead_of,
    make_update,
    officer_of,
)
from tests.pages import queries_of
from tests.report_pages import form_for
from tests.signing_in import sign_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("one_minute"),
]


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
    counts()
    few = counts()
    grow(milestone, 6)
    many = counts()

    assert {path: (few[path], many[path]) for path in few if many[path] > few[path]} == {}


def test_page_for_the_due_day_asks_no_more_after_many_moves(client, milestone):
    from milestones import services

    account = contact_for(milestone.commitment)
    sign_in(client, account)

    def move(times):
        for number in range(times):
            services.move_due_day(
                milestone,
                to=days_ago(-300 - number - milestone.due_date_changes.count()),
                reason="It takes longer.",
                institution=InstitutionFactory(),
                by=account,
            )

    path = address(Milestone, "due_day", milestone.pk)
    move(1)
    queries_of(client, path)
    few = queries_of(client, path)
    move(8)

    assert queries_of(client, path) <= few
