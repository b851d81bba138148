"""Of all that government published, one update counts in each nation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
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


@example([update(2), update(1)], "sct")
@given(histories().flatmap(st.permutations), st.sampled_from(NATIONS))
def test_current_update_is_the_latest_that_stands_in_whatever_order_they_are_read(history, nation):
    corrected = {row.corrects for row in history}
    standing = [row for row in history if row.key not in corrected and nation in row.nations]
    latest = max(standing, key=lambda row: (row.as_of, row.recorded_at, row.key), default=None)

    assert current_updates(history).get(nation) == (latest and latest.key)
