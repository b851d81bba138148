"""Completed on time, late and by how much, overdue and by how much, each with its reason."""

import random
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from milestones.days import Timing
from milestones.levels import Provenance
from milestones.models import Milestone, ProgressUpdate
from milestones.on_time import Completed, Punctuality, punctuality, with_punctuality
from milestones.on_time import completed as completed_by
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_document,
    make_update,
    move_due_date,
    today,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DUE, AFTER = date(2026, 3, 31), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"done": Completed(DUE)}, Punctuality.ON_TIME),
        ({"done": Completed(DUE, "March 2026")}, Punctuality.ON_TIME),
        ({"done": Completed(AFTER)}, Punctuality.LATE),
        ({"done": Completed(AFTER, "April 2026")}, Punctuality.NO_EXACT_DATE),
        ({"done": Completed(AFTER), "due_on": None}, Punctuality.NO_DUE_DATE),
        ({"timings": frozenset({Timing.OVERDUE, Timing.STALE})}, Punctuality.OVERDUE),
        ({"timings": frozenset({Timing.PAST_DUE})}, Punctuality.UNKNOWN),
        ({"timings": frozenset({Timing.NOT_COMPLETED_AT_END})}, Punctuality.UNFINISHED),
        ({"on": DUE}, Punctuality.NOT_DUE),
        ({"on": DUE, "plan": "closed"}, Punctuality.UNKNOWN),
        ({"due_on": None}, Punctuality.UNKNOWN),
        ({"done": Completed(DUE), "is_amended": True}, Punctuality.AMENDED),
    ],
)
def test_one_thing_is_said_of_each_milestone(given, said):
    facts = {"timings": frozenset(), "done": None, "due_on": DUE, "plan": "current", "on": AFTER}

    assert punctuality(**facts | given) == said


def in_python(milestone):
    standing = ProgressUpdate.objects.published().standing().filter(milestone=milestone)
    cells = [cell for cell in milestone.cells() if cell.applies]
    done = completed_by([*standing.filter(nations=cell.nation)] for cell in cells)
    plan = milestone.commitment.plan
    return done, punctuality(
        timings=milestone.timings(today()),
        done=done,
        due_on=milestone.due_on,
        plan=plan.state(today()),
        on=today(),
        is_amended=bool(milestone.state),
    )


def test_database_and_rule_say_the_same():
    dice = random.Random(4)
    for plan in (PlanFactory(), PlanFactory(closed=True)):
        for _number in range(8):
            commitment = CommitmentFactory(plan=plan, nations=["sct", "wls"])
            due = dice.choice([None, days_ago(60), days_ago(20), days_ago(-20)])
            milestone = MilestoneFactory(commitment=commitment, due_on=due)
            for days in sorted(dice.sample(range(1, 90), dice.randint(0, 3)), reverse=True):
                words = dice.choice(["", "", "Spring"])
                make_update(
                    milestone,
                    dice.choice(["completed", "completed", "limited"]),
                    nations=dice.choice([["sct"], ["wls"], ["sct", "wls"], ["sct", "wls"]]),
                    as_of=days_ago(days),
                    as_of_as_published=words,
                    source=make_document() | {"source_provenance": Provenance.PUBLISHED_ELSEWHERE},
                )
    found = with_punctuality(Milestone.objects.all(), today())

    assert len({row.punctuality for row in found}) >= 6
    for row in found:
        done, said = in_python(Milestone.objects.for_page().get(pk=row.pk))
        assert row.punctuality == said
        if row.is_completed:
            assert Completed(row.completed_on, row.completed_words) == done


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
