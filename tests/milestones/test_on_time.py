"""Completed on time, late and by how much, overdue and by how much, each with its reason."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from commitments.models import ActionPlan
from milestones.facts import AmendmentContent
from milestones.models import Milestone
from milestones.on_time import Completed, Punctuality, once_completed
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    lead_of,
    make_amendment,
    make_update,
    move_due_date,
    today,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DUE, AFTER = date(2026, 3, 31), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (Completed(DUE), Punctuality.ON_TIME),
        (Completed(DUE, "March 2026"), Punctuality.ON_TIME),
        (Completed(AFTER), Punctuality.LATE),
        (Completed(AFTER, "April 2026"), Punctuality.NO_EXACT_DATE),
    ],
)
def test_completed_milestone_is_on_time_late_or_not_dated_exactly(done, said):
    assert once_completed(done, DUE) == said


@pytest.mark.parametrize(
    ("given", "levels", "said"),
    [
        ({"due_on": None}, ["completed"], Punctuality.NO_DUE_DATE),
        ({"due_on": days_ago(9)}, ["limited"], Punctuality.OVERDUE),
        ({"due_on": days_ago(9)}, [], Punctuality.UNKNOWN),
        ({"due_on": days_ago(-9)}, [], Punctuality.NOT_DUE),
        ({"due_on": None}, ["limited"], Punctuality.UNKNOWN),
        ({"due_on": days_ago(400), "closed": True}, ["limited"], Punctuality.UNFINISHED),
        ({"due_on": days_ago(400), "closed": True}, [], Punctuality.UNKNOWN),
        ({"due_on": days_ago(-900), "begins": days_ago(-30)}, [], Punctuality.NOT_DUE),
        ({"due_on": days_ago(9), "withdrawn": True}, ["completed"], Punctuality.AMENDED),
    ],
)
def test_one_thing_is_said_of_each_milestone(given, levels, said):
    plan = PlanFactory(closed=given.get("closed", False))
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan), due_on=given["due_on"])
    for level in levels:
        make_update(milestone, level, as_of=plan.start_date)
    if given.get("withdrawn"):
        institution = lead_of(milestone.commitment)
        content = AmendmentContent("withdrawn", today(), "Dropped.")
        make_amendment(milestone, content, institution=institution, by=None)
    if begins := given.get("begins"):
        ActionPlan.objects.update(start_date=begins, end_date=days_ago(-1000))

    found = Milestone.objects.on_time(today())

    kinds = [part.kind for part in found.listed] + [kind for kind, _total in found.others]
    assert (found.total, kinds) == (1, [said])


def test_reader_finds_by_how_much_and_why(django_assert_max_num_queries):
    plan = PlanFactory()
    late, overdue = (
        MilestoneFactory(
            commitment=CommitmentFactory(plan=plan, ogp_id=name), due_on=days_ago(days)
        )
        for name, days in (("UK1", 30), ("UK2", 9))
    )
    make_update(late, "limited", as_of=days_ago(25), obstacles="Nobody was hired.")
    make_update(late, "completed", as_of=days_ago(10))
    make_update(late, "completed", as_of=days_ago(2))
    make_update(overdue, "limited", obstacles="The contract ended.")
    move_due_date(overdue, to=days_ago(4), reason="A new contract was needed.")
    MilestoneFactory(commitment=CommitmentFactory(plan=plan), due_on=None)

    with django_assert_max_num_queries(4):
        found = Milestone.objects.public().on_time(today())
    page = render_to_string("milestones/on_time.html", {"on_time": found, "plan": plan})

    said = " ".join(strip_tags(page).split())
    assert "Counted from 3 milestones" in said
    assert "Completed late: 1 UK1, Milestone 1" in said
    assert "20 days late Reason given: Nobody was hired." in said
    assert "4 days overdue Reason given: A new contract was needed." in said
    assert "Not known whether it was completed: 1" in said
    assert found.others == [(Punctuality.UNKNOWN, 1)]


def test_what_is_taken_back_was_not_completed_before():
    milestone = MilestoneFactory(due_on=days_ago(50))
    for level, days in (("completed", 60), ("limited", 40), ("completed", 30)):
        make_update(milestone, level, as_of=days_ago(days))

    (found,) = Milestone.objects.on_time(today()).listed

    assert (found.kind, found.total) == (Punctuality.LATE, 1)
    assert found.rows[0].late_by == timedelta(days=20)
