"""Levels of nations are put together into one level and into counts, never into a percentage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.levels import NOT_REPORTED, ORDER, SIGNS, STATE_SIGNS, Level, LevelCounts, roll_up

pytestmark = pytest.mark.core

N, L, S, C = Level.NOT_STARTED, Level.LIMITED, Level.SUBSTANTIAL, Level.COMPLETED
_ = NOT_REPORTED

levels = st.lists(st.sampled_from([NOT_REPORTED, *Level]), max_size=8)


@pytest.mark.parametrize(
    ("of_nations", "overall", "reported"),
    [
        ([], _, 0),
        ([_], _, 0),
        ([_, _, _, _], _, 0),
        ([C], C, 1),
        ([C, C, C, C], C, 4),
        ([C, C, C, S], S, 4),
        ([C, L, C, S], L, 4),
        ([N, C, C, C], N, 4),
        ([_, C, _, _], C, 1),
        ([_, C, L, _], L, 2),
    ],
)
def test_reader_sees_the_level_of_the_least_advanced_nation(of_nations, overall, reported):
    rolled = roll_up(of_nations)

    assert (rolled.level, rolled.reported, rolled.in_scope) == (overall, reported, len(of_nations))


@given(levels)
def test_no_reported_nation_is_behind_the_overall_level(of_nations):
    rolled = roll_up(of_nations)
    reported = [level for level in of_nations if level]

    assert rolled.reported == len(reported)
    assert rolled.in_scope == len(of_nations)
    if reported:
        assert rolled.level in reported
        assert all(ORDER[rolled.level] <= ORDER[level] for level in reported)
    else:
        assert rolled.level == NOT_REPORTED


@given(levels, st.randoms())
def test_order_of_the_nations_does_not_matter(of_nations, random):
    shuffled = random.sample(of_nations, len(of_nations))

    assert roll_up(shuffled) == roll_up(of_nations)


@given(levels, st.sampled_from(Level))
def test_another_report_never_makes_the_overall_level_higher(of_nations, another):
    before, after = roll_up(of_nations), roll_up([*of_nations, another])

    assert not before.level or ORDER[after.level] <= ORDER[before.level]


@pytest.mark.parametrize(
    ("of_nations", "is_complete"),
    [([], False), ([_], False), ([C], True), ([C, C], True), ([C, _], False), ([C, S], False)],
)
def test_milestone_is_complete_when_every_nation_in_scope_says_so(of_nations, is_complete):
    assert roll_up(of_nations).is_complete is is_complete


def test_unknown_level_is_refused():
    with pytest.raises(ValueError, match="in progress"):
        roll_up(["in progress"])


@given(levels)
def test_counts_per_level_add_up_to_the_parts_in_scope(of_nations):
    counts = LevelCounts.of(of_nations)

    assert counts.total == len(of_nations)
    assert counts.reported == sum(1 for level in of_nations if level)
    assert sum(count for _sign, count in counts.rows()) == counts.total
    signs = SIGNS | STATE_SIGNS
    assert {sign.css: count for sign, count in counts.rows()} == {
        sign.css: of_nations.count(name) for name, sign in signs.items()
    }


AMENDED = ("On hold", "Withdrawn", "Merged")


def test_counts_are_shown_from_the_most_advanced_level_down():
    words = [str(sign.word) for sign, _count in LevelCounts().rows()]

    assert words == ["Completed", "Substantial", "Limited", "Not started", "Not reported", *AMENDED]


def test_each_level_has_its_own_word_shape_and_tone():
    signs = [*SIGNS.values(), *STATE_SIGNS.values()]
    assert len({str(sign.word) for sign in signs}) == 8
    assert len({sign.css for sign in signs}) == 8
    assert len({sign.shape for sign in signs}) == 8
    assert set(SIGNS) == {NOT_REPORTED, *Level}
