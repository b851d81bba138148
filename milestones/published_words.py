"""The one table that says which level and schedule the words of a document give. Pure."""

import re
from typing import NamedTuple

from milestones.levels import NOT_REPORTED, Level, LevelBasis, Schedule


class Reading(NamedTuple):
    """A level, a schedule, both or neither; what the words do not give is empty."""

    level: str = NOT_REPORTED
    schedule: str = ""


PUBLISHED_WORDS: dict[str, Reading] = {
    "Not started": Reading(Level.NOT_STARTED),
    "Limited": Reading(Level.LIMITED),
    "Substantial": Reading(Level.SUBSTANTIAL),
    "Complete": Reading(Level.COMPLETED),
    "Completed": Reading(Level.COMPLETED),
    "On track": Reading(schedule=Schedule.ON_SCHEDULE),
    "On schedule": Reading(schedule=Schedule.ON_SCHEDULE),
    "At risk": Reading(schedule=Schedule.AT_RISK),
    "Behind schedule": Reading(schedule=Schedule.BEHIND),
    "Delayed": Reading(schedule=Schedule.BEHIND),
    "In progress": Reading(),
    "Ongoing": Reading(),
    "Closed": Reading(),
}
"""Every word that is not here, and prose, gives neither."""


def reading_of(words: str) -> Reading:
    """Case, white space and a full stop at the end do not matter.

    Several may stand side by side, as in “In progress, behind schedule”, if the table has each of
    them and they do not contradict each other.
    """
    given = Reading()
    for part in re.split("[,;]", words):
        found = _BY_KEY.get(_key(part))
        if found is None or any(a and b and a != b for a, b in zip(given, found, strict=True)):
            return Reading()
        given = Reading(*(a or b for a, b in zip(given, found, strict=True)))
    return given


def basis_of(level: str, words: str) -> str:
    """Whether these words give the level, or it can only be our reading."""
    is_given = reading_of(words).level == level
    return (LevelBasis.GIVEN if is_given else LevelBasis.READ).value


def _key(words: str) -> str:
    return " ".join(words.split()).casefold().rstrip(".")


_BY_KEY = {_key(words): reading for words, reading in PUBLISHED_WORDS.items()}
