"""Of all that government published, one update counts in each nation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.progress_rules import PublishedFacts, current_updates

pytestmark = pytest.mark.core

NATIONS = ("eng", "sct", "wls", "nir")
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)


def update(key, day=1, *, hour=0, corrects=None, nations=("sct",)):
    return PublishedFacts(
        key=key,
        as_of=date(2021, 5, day),
        recorded_at=BEGIN + timedelta(hours=hour),
        corrects=corrects,
        nations=frozenset(nations),
    )


@st.composite
def histories(draw):
    """Updates of one milestone; each is corrected at most once, by a later one."""
    number = draw(st.integers(0, 7))
    uncorrected = []
    history = []
    for key in range(1, number + 1):
        corrects = draw(st.none() | st.sampled_from(uncorrected)) if uncorrected else None
        if corrects:
            uncorrected.remove(corrects)
        uncorrected.append(key)
        history.append(
            update(
                key,
                draw(st.integers(1, 4)),
                hour=draw(st.integers(0, 3)),
                corrects=corrects,
                nations=draw(st.sets(st.sampled_from(NATIONS), min_size=1)),
            )
        )
    return history


@pytest.mark.parametrize(
    ("published", "current"),
    [
        ([], None),
        ([update(1)], 1),
        ([update(1, nations=["wls"])], None),
        ([update(1, 2), update(2, 1, hour=5)], 1),
        ([update(1, hour=1), update(2, hour=2)], 2),
        ([update(2, hour=1), update(1, hour=2)], 1),
        ([update(1), update(2)], 2),
    ],
    ids=[
        "nothing published",
        "one",
        "of another nation",
        "latest as-of day, though recorded earlier",
        "same day: latest recorded",
        "same day: latest recorded, though of a lower key",
        "same day and moment: highest key",
    ],
)
def test_reader_sees_the_latest_update(published, current):
    assert current_updates(published).get("sct") == current


@pytest.mark.parametrize(
    ("published", "current"),
    [
        ([update(1, 9), update(2, 1, corrects=1)], 2),
        ([update(1, 9), update(2, 5), update(3, 1, corrects=1)], 2),
        ([update(1, 9), update(2, 9, corrects=1), update(3, 1, corrects=2)], 3),
        ([update(1, 9), update(2, 9, corrects=1, nations=["wls"])], None),
        ([update(1, 3), update(2, 9), update(3, 9, corrects=2, nations=["wls"])], 1),
    ],
    ids=[
        "the correction of an earlier day counts",
        "what is older counts again before the correction",
        "a corrected correction does not bring back the first",
        "a correction that takes the nation out leaves it not reported",
        "a correction that takes the nation out brings back what was there before",
    ],
)
def test_corrected_update_no_longer_counts(published, current):
    assert current_updates(published).get("sct") == current


@given(histories(), st.sampled_from(NATIONS))
def test_current_update_is_the_latest_that_stands(history, nation):
    winner = current_updates(history).get(nation)
    corrected = {row.corrects for row in history}
    standing = {row.key: row for row in history if row.key not in corrected}
    standing = {key: row for key, row in standing.items() if nation in row.nations}

    assert (winner is None) == (not standing)
    if winner is not None:
        latest = standing[winner]
        assert all(row.as_of <= latest.as_of for row in standing.values())
        same_day = [row for row in standing.values() if row.as_of == latest.as_of]
        assert all(row.recorded_at <= latest.recorded_at for row in same_day)


@given(histories(), st.sampled_from(NATIONS), st.randoms())
def test_order_in_which_updates_are_read_does_not_matter(history, nation, random):
    shuffled = random.sample(history, len(history))

    assert current_updates(shuffled).get(nation) == current_updates(history).get(nation)


@given(histories(), st.sampled_from(NATIONS))
def test_update_for_other_nations_changes_nothing_here(history, nation):
    others = [code for code in NATIONS if code != nation]
    elsewhere = update(99, 28, hour=99, nations=others)

    assert current_updates([*history, elsewhere]).get(nation) == current_updates(history).get(
        nation
    )


@given(histories(), st.sampled_from(NATIONS))
def test_chain_of_corrections_ends_with_the_last(history, nation):
    if not history:
        return
    first = history[-1]
    second = update(100, 1, corrects=first.key, nations=NATIONS)
    third = update(101, 1, corrects=100, nations=NATIONS)

    assert current_updates([*history, second, third]).get(nation) not in {first.key, 100}
