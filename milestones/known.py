"""What is known of a milestone in each nation in scope, as one short text. Pure.

Such as " eng:c sct:r2025-06-30 wls:?". A milestone carries it, so that the pages tell overdue from
unknown, for each nation, without a look at a row for each. Where it does not apply is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from milestones.levels import Cell, Level, Schedule

COMPLETED = "c"
SHORT = "s"
"""A level that is less than Completed."""
SCHEDULES = {"b": Schedule.BEHIND, "r": Schedule.AT_RISK, "o": Schedule.ON_SCHEDULE}
"""No level, but whether it keeps its dates, as at the date that follows the letter; worst first."""
BEHIND = ("b", "r")
WORDS = "w"
"""Words that give neither."""
NOTHING = "?"


@dataclass(frozen=True)
class Known:
    letter: str = NOTHING
    as_of: date | None = None

    def is_unfinished_after(self, end: date | None) -> bool:
        """Short of Completed, or still going on after the end of its plan."""
        return self.letter == SHORT or bool(self.as_of and end and self.as_of > end)


def known_in(cell: Cell) -> Known:
    if cell.level:
        return Known(COMPLETED if cell.level == Level.COMPLETED else SHORT)
    if cell.schedule:
        letter = next(one for one, schedule in SCHEDULES.items() if schedule == cell.schedule)
        return Known(letter, cell.as_of)
    return Known(WORDS if cell.words_as_published else NOTHING)


def text_of(known: Mapping[str, Known]) -> str:
    """By the codes of the nations."""
    return "".join(
        f" {code}:{one.letter}{one.as_of.isoformat() if one.as_of else ''}"
        for code, one in sorted(known.items())
    )


@lru_cache(maxsize=4096)
def read(text: str) -> dict[str, Known]:
    found = {}
    for said in text.split():
        code, _colon, rest = said.partition(":")
        found[code] = Known(rest[0], date.fromisoformat(rest[1:]) if rest[1:] else None)
    return found


def sql_of(cell: str) -> str:
    """`known_in` in SQL, of the row of progress that `cell` names, as text."""
    letters = " ".join(f"WHEN '{given}' THEN '{one}'" for one, given in SCHEDULES.items())
    return (
        f"CASE WHEN {cell}.level = '{Level.COMPLETED}' THEN '{COMPLETED}'"
        f" WHEN {cell}.level <> '' THEN '{SHORT}'"
        f" WHEN {cell}.schedule <> ''"
        f" THEN CASE {cell}.schedule {letters} END || CAST({cell}.as_of AS TEXT)"
        f" WHEN {cell}.words_as_published <> '' THEN '{WORDS}' ELSE '{NOTHING}' END"
    )
