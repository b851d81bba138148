"""What the clock says of a milestone: overdue, without news, or how it stood at the plan's end."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.conditions import timing_is
from milestones.days import Timing, months_before
from milestones.levels import NOT_REPORTED, Level, Overall, stands_at
from milestones.models import Milestone
from tests.factories import (
    NATIONS,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    nation,
    today,
    write_part,
)

TODAY = date(2024, 3, 31)
YESTERDAY, TOMORROW = date(2024, 3, 30), date(2024, 4, 1)
SIX_MONTHS_AGO = date(2023, 9, 30)
LONG_AGO = date(2020, 1, 1)

OVERDUE, PAST_DUE, STALE = Timing.OVERDUE, Timing.PAST_DUE, Timing.STALE
SHORT_AT_END, BEHIND_AT_END = Timing.NOT_COMPLETED_AT_END, Timing.BEHIND_AT_END
UNKNOWN_AT_END = Timing.UNKNOWN_AT_END


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2024, 8, 15), 6, date(2024, 2, 15)),
        (date(2024, 3, 15), 6, date(2023, 9, 15)),
        (date(2024, 8, 31), 6, date(2024, 2, 29)),
        (date(2023, 8, 31), 6, date(2023, 2, 28)),
        (date(2024, 3, 31), 6, date(2023, 9, 30)),
        (date(2024, 1, 1), 1, date(2023, 12, 1)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 5, 31), 0, date(2024, 5, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(day, months, before):
    assert months_before(day, months) == before


@pytest.mark.django_db
@pytest.mark.both_databases
def test_milestone_tells_its_own_timing_of_which_a_draft_says_nothing():
    milestone = MilestoneFactory(due_on=days_ago(1))
    make_update(milestone, publish=False)
    assert milestone.timings(today()) == {PAST_DUE, STALE}

    make_update(milestone, "limited")
    assert milestone.timings(today()) == {OVERDUE}

    make_update(milestone, "completed")
    assert milestone.timings(today()) == set()


@pytest.mark.django_db
@pytest.mark.both_databases
def test_milestone_of_a_page_tells_its_timing_without_asking_the_database(
    django_assert_num_queries,
):
    milestone = make_update(MilestoneFactory(), "limited").milestone
    of_own_page = Milestone.objects.for_page().get(pk=milestone.pk)
    commitment = type(milestone.commitment).objects.for_page().get()
    of_commitment_page = commitment.milestones.all()[0]

    with django_assert_num_queries(0):
        assert of_own_page.timings(today()) == of_commitment_page.timings(today()) == set()


def at(day, hour=0, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


RUNS, ENDED = (LONG_AGO, TOMORROW), (LONG_AGO, YESTERDAY)


@pytest.mark.core
@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("plan", "due_on", "parts", "published_at", "expected"),
    [
        (RUNS, YESTERDAY, {"sct": "limited"}, at(TODAY), {OVERDUE}),
        (RUNS, TODAY, {"sct": "limited"}, at(TODAY), set()),
        (RUNS, TOMORROW, {"sct": "limited"}, at(TODAY), set()),
        (RUNS, None, {"sct": "limited"}, at(SIX_MONTHS_AGO), set()),
        (RUNS, None, {"sct": "limited"}, at(SIX_MONTHS_AGO) - timedelta(minutes=1), {STALE}),
        (RUNS, None, {"sct": "limited"}, at(TODAY, 23, 59), set()),
        (RUNS, YESTERDAY, {}, at(TODAY), {PAST_DUE, STALE}),
        (RUNS, YESTERDAY, {"sct": "completed"}, at(TODAY), {PAST_DUE}),
        (RUNS, YESTERDAY, {"sct": "words", "wls": "words"}, at(TODAY), {PAST_DUE}),
        ((SIX_MONTHS_AGO, TOMORROW), None, {}, at(TODAY), set()),
        ((SIX_MONTHS_AGO - timedelta(days=1), TOMORROW), None, {}, at(TODAY), {STALE}),
        (RUNS, YESTERDAY, {"sct": "completed", "wls": "completed"}, at(LONG_AGO), set()),
        (RUNS, YESTERDAY, {"sct": "completed", "wls": "not_applicable"}, at(LONG_AGO), set()),
        (RUNS, YESTERDAY, {"sct": "not_applicable", "wls": "not_applicable"}, at(LONG_AGO), set()),
        (ENDED, None, {"sct": "limited", "wls": "completed"}, at(TODAY), {SHORT_AT_END}),
        (ENDED, None, {"sct": "limited"}, at(TODAY), {SHORT_AT_END}),
        (ENDED, None, {"sct": "completed"}, at(TODAY), {UNKNOWN_AT_END}),
        (ENDED, YESTERDAY, {"sct": "completed", "wls": "completed"}, at(LONG_AGO), set()),
        (ENDED, None, {"sct": "completed", "wls": "words"}, at(TODAY), {UNKNOWN_AT_END}),
        (ENDED, None, {"sct": "behind", "wls": "words"}, at(YESTERDAY), {BEHIND_AT_END}),
        (ENDED, None, {"sct": "behind", "wls": "limited"}, at(YESTERDAY), {SHORT_AT_END}),
        (ENDED, None, {"sct": "behind", "wls": "completed"}, at(TODAY), {SHORT_AT_END}),
        (ENDED, None, {"sct": "going_on"}, at(TODAY), {SHORT_AT_END}),
        (ENDED, None, {"sct": "going_on"}, at(YESTERDAY), {UNKNOWN_AT_END}),
        (RUNS, YESTERDAY, {"sct": "behind", "wls": "behind"}, at(TODAY), {PAST_DUE}),
        (ENDED, None, {}, at(TODAY), {UNKNOWN_AT_END}),
        (ENDED, None, {"sct": "completed", "wls": "not_applicable"}, at(TODAY), set()),
        (ENDED, None, {"sct": "not_applicable", "wls": "not_applicable"}, at(TODAY), set()),
        ((LONG_AGO, TODAY), YESTERDAY, {"sct": "limited"}, at(TODAY), {OVERDUE}),
        ((TODAY, TOMORROW), YESTERDAY, {"sct": "limited"}, at(TODAY), {OVERDUE}),
        ((TOMORROW, TOMORROW), YESTERDAY, {"sct": "limited"}, at(TODAY), set()),
        ((None, YESTERDAY), None, {"sct": "limited"}, at(TODAY), {SHORT_AT_END}),
        ((LONG_AGO, None), YESTERDAY, {"sct": "limited"}, at(LONG_AGO), set()),
        (None, YESTERDAY, {"sct": "limited"}, at(LONG_AGO), set()),
    ],
)
def test_list_and_page_say_what_the_clock_says(plan, due_on, parts, published_at, expected):
    spec = {"plan": plan, "due_on": due_on, "parts": parts, "published_at": published_at}
    milestone = _write(spec | {"scope": {"sct", "wls"}})

    assert milestone.timings(TODAY) == expected
    rows = Milestone.objects
    assert {one for one in Timing if rows.filter(timing_is(one, TODAY)).exists()} == expected


@pytest.mark.core
@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("published_on", "expected"),
    [
        (None, set()),
        (TODAY, set()),
        (SIX_MONTHS_AGO, set()),
        (SIX_MONTHS_AGO - timedelta(days=1), {STALE}),
    ],
)
def test_six_months_begin_with_publication_here(published_on, expected):
    spec = {"plan": RUNS, "due_on": None, "parts": {}, "scope": {"sct"}}

    milestone = _write(spec | {"published_on": published_on})

    assert milestone.timings(TODAY) == expected
    assert set(Milestone.objects.filter(timing_is(Timing.STALE, TODAY))) == (
        {milestone} if expected else set()
    )


EDGES = [
    at(day) + timedelta(minutes=minutes)
    for day, minutes in product((LONG_AGO, SIX_MONTHS_AGO, TODAY, TOMORROW), (-1, 0, 1))
] + [datetime(2023, 9, 29, 23, 30, tzinfo=UTC), datetime(2023, 9, 30, 23, 30, tzinfo=UTC)]
plan_days = st.sampled_from([None, LONG_AGO, YESTERDAY, TODAY, TOMORROW])
states = st.sampled_from(
    [None, NOT_REPORTED, "not_applicable", "words", "behind", "going_on", *Level]
)
milestones = st.fixed_dictionaries(
    {
        "plan": st.none()
        | st.tuples(plan_days, plan_days).filter(lambda days: None in days or days[0] <= days[1]),
        "scope": st.sets(st.sampled_from(["eng", "sct", "wls"])),
        "parts": st.dictionaries(st.sampled_from(list(NATIONS)), states),
        "due_on": st.sampled_from([None, LONG_AGO, YESTERDAY, TODAY, TOMORROW]),
        "published_at": st.sampled_from(EDGES),
        "published_on": st.sampled_from([None, LONG_AGO, SIX_MONTHS_AGO, YESTERDAY]),
    }
)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.both_databases
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(milestones, min_size=1, max_size=3))
def test_lists_and_pages_say_the_same(drawn):
    made = [_write(spec).pk for spec in drawn]
    rows = Milestone.objects.filter(pk__in=made)

    for timing in Timing:
        in_python = {row for row in rows if timing in row.timings(TODAY)}
        assert set(rows.filter(timing_is(timing, TODAY))) == in_python, timing
    assert set(rows.filter(is_completed=True)) == {
        row for row in rows if row.roll_up().is_completed
    }
    for overall in Overall:
        in_python = {row for row in rows if overall == row.roll_up().overall}
        assert set(rows.standing_at(overall)) == in_python, overall
        here = {
            row
            for row in rows
            for cell in row.cells()
            if cell.nation.code == "sct" and cell.applies and stands_at(cell) == overall
        }
        assert set(rows.standing_at(overall, nations=[nation("sct")])) == here, overall


def _write(spec):
    plan = spec["plan"] and PlanFactory(start_date=spec["plan"][0], end_date=spec["plan"][1])
    published_on = spec.get("published_on", LONG_AGO)
    commitment = CommitmentFactory(
        plan=plan, nations=sorted(spec["scope"]), published_on=published_on
    )
    milestone = MilestoneFactory(commitment=commitment, due_on=spec["due_on"])
    for code, state in spec["parts"].items():
        write_part(milestone, code, state, published_at=spec["published_at"])
    return milestone
