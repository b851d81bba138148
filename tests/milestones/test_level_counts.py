"""Counts per level come out of SQL as they would if somebody counted the parts on the pages."""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.levels import NOT_REPORTED, Level, LevelCounts, stands_at
from milestones.models import Milestone
from milestones.services import rebuild_progress
from tests.factories import (
    NATIONS,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    make_update,
    nation,
    nations,
    write_part,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def counted_by_hand(rows, key, of_nation=None):
    """Count what a page shows, one by one: milestones, or where they stand in each nation."""
    levels = defaultdict(list)
    for milestone in rows.for_list():
        if of_nation is None and key != KEYS["nation"]:
            whole = milestone.roll_up()
            is_told = milestone.last_reported_on is None
            levels[key(milestone, None)].append((whole.overall, whole.is_read, is_told))
            continue
        for cell in milestone.cells():
            if cell.applies and of_nation in (None, cell.nation):
                levels[key(milestone, cell)].append((stands_at(cell), cell.level_basis == "read"))
    return {group: LevelCounts.of(found) for group, found in levels.items()}


def without_empty(counts):
    return {key: found for key, found in counts.items() if found.total}


KEYS = {
    "": lambda milestone, cell: None,
    "nation": lambda milestone, cell: cell.nation.pk,
    "commitment": lambda milestone, cell: milestone.commitment_id,
    "commitment__plan": lambda milestone, cell: milestone.commitment.plan_id,
}

states = st.sampled_from([None, NOT_REPORTED, "not_applicable", "words", *Level])
specs = st.lists(
    st.fixed_dictionaries(
        {
            "plan": st.sampled_from([None, 0, 1]),
            "draft": st.booleans(),
            "scope": st.sets(st.sampled_from(list(NATIONS))),
            "milestones": st.lists(
                st.dictionaries(st.sampled_from(list(NATIONS)), states), max_size=3
            ),
        }
    ),
    max_size=3,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(specs)
def test_sql_counts_what_the_pages_show(drawn):
    plans = [PlanFactory(), PlanFactory()]
    made = []
    for spec in drawn:
        plan = None if spec["plan"] is None else plans[spec["plan"]]
        commitment = CommitmentFactory(
            plan=plan, draft=spec["draft"], nations=sorted(spec["scope"])
        )
        for parts in spec["milestones"]:
            made.append(MilestoneFactory(commitment=commitment))
            for code, state in parts.items():
                write_part(made[-1], code, state)
    every = Milestone.objects.filter(pk__in=[row.pk for row in made])

    for rows in (every, every.public()):
        for by, key in KEYS.items():
            for of_nation in (None, nation("sct")):
                assert without_empty(rows.level_counts(by=by, nation=of_nation)) == counted_by_hand(
                    rows, key, of_nation
                ), (by, of_nation)


def test_level_of_a_nation_that_left_the_scope_is_not_counted():
    update = make_update(level="completed")
    update.commitment.nations.set(nations(["sct"]))
    rebuild_progress([update.milestone])

    assert Milestone.objects.level_counts() == {None: LevelCounts(completed=1)}


def test_nothing_is_counted_where_there_are_no_milestones():
    CommitmentFactory()

    assert Milestone.objects.level_counts() == {}
    assert Milestone.objects.level_counts(by="nation") == {}


def test_counts_of_a_filtered_list_are_those_of_its_rows():
    """A filter that joins many rows to one must not count a part twice."""
    make_update(level="completed", nations=["sct", "wls"])
    MilestoneFactory()
    involved = Milestone.objects.filter(
        commitment__nations__in=nations(), updates__level="completed"
    )

    assert involved.level_counts()[None] == LevelCounts(partly_reported=1)


@pytest.mark.parametrize("by", KEYS)
def test_number_of_queries_does_not_grow_with_the_rows(by, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            make_update(level="limited")
        with django_assert_num_queries(2 if by == "nation" else 1):
            Milestone.objects.level_counts(by=by)
