"""Levels of nations are put together into one level and into counts, never into a percentage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.levels import (
    NOT_REPORTED,
    OVERALL_SIGNS,
    SCHEDULE_SIGNS,
    SIGNS,
    STATE_SIGNS,
    Level,
    LevelCounts,
    Overall,
    Schedule,
    roll_up,
)
from milestones.models import NationProgress

pytestmark = pytest.mark.core

N, L, S, C = Level.NOT_STARTED, Level.LIMITED, Level.SUBSTANTIAL, Level.COMPLETED
_, W = NOT_REPORTED, "words"
NOT, PARTLY = Overall.NOT_REPORTED, Overall.PARTLY_REPORTED


def cells_at(*states, basis="given"):
    return [
        NationProgress(words_as_published="In progress")
        if state == W
        else NationProgress(level=state, level_basis=basis if state else "")
        for state in states
    ]


states = st.lists(st.sampled_from([_, W, *Level]), max_size=8)


@pytest.mark.parametrize(
    ("of_nations", "overall", "heard"),
    [
        ([], NOT, 0),
        ([_, _, _, _], NOT, 0),
        ([C], C, 1),
        ([C, C, C, C], C, 4),
        ([C, L, C, S], L, 4),
        ([N, C, C, C], N, 4),
        ([_, C, C, C], PARTLY, 3),
        ([_, W], PARTLY, 1),
        ([W], Overall.LEVEL_NOT_GIVEN, 1),
        ([C, W, N], Overall.LEVEL_NOT_GIVEN, 3),
    ],
)
def test_milestone_has_a_level_where_every_nation_in_scope_has_one(of_nations, overall, heard):
    rolled = roll_up(cells_at(*of_nations))

    assert (rolled.overall, rolled.heard, rolled.in_scope) == (overall, heard, len(of_nations))
    assert rolled.is_completed == (overall == "completed")


def test_overall_level_is_our_reading_if_one_of_them_is():
    given, read = cells_at(C, L), cells_at(S, basis="read")

    assert not roll_up(given).is_read
    assert roll_up([*given, *read]).is_read
    assert not roll_up([*given, *read, *cells_at(_)]).is_read


@given(states, st.randoms())
def test_order_of_the_nations_does_not_matter(of_nations, random):
    shuffled = random.sample(of_nations, len(of_nations))

    assert roll_up(cells_at(*shuffled)) == roll_up(cells_at(*of_nations))


def test_unknown_level_is_refused():
    with pytest.raises(ValueError, match="in progress"):
        roll_up(cells_at("in progress"))


@given(st.lists(st.tuples(st.sampled_from([*Overall, *STATE_SIGNS]), st.booleans())))
def test_counts_add_up_and_know_how_many_are_our_reading(found):
    counts = LevelCounts.of(found)

    assert counts.total == len(found)
    amended = [one for one, _read in found if one in STATE_SIGNS]
    assert counts.heard == sum(1 for one, _read in found if one != NOT) - len(amended)
    assert counts.read == sum(is_read for one, is_read in found if one not in STATE_SIGNS)
    assert [count for _sign, count in counts.rows()] == [
        sum(1 for one, _read in found if one == standing)
        for standing in (*reversed(Overall), *STATE_SIGNS)
    ]


AMENDED = ("On hold", "Withdrawn", "Merged")


def test_counts_are_shown_from_the_most_advanced_level_down():
    words = [str(sign.word) for sign, _count in LevelCounts().rows()]

    assert words[:4] == ["Completed", "Substantial", "Limited", "Not started"]
    assert tuple(words[-3:]) == AMENDED


def test_each_level_has_its_own_word_shape_and_tone():
    signs = [*OVERALL_SIGNS.values(), *SCHEDULE_SIGNS.values(), *STATE_SIGNS.values()]

    for name in ("word", "css", "shape"):
        assert len({str(getattr(sign, name)) for sign in signs}) == 13, name
    assert set(OVERALL_SIGNS) == set(Overall)
    assert set(SCHEDULE_SIGNS) == set(Schedule)
    assert set(SIGNS) == {NOT_REPORTED, *Level}
