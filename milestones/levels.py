"""What is said of progress: one word, one meaning and one shape each, defined here only.

The levels are those of OGP's self-assessment scale for commitments and milestones. A circle
that fills up says the level without colour; the colour is the design token
`--level-<css>` in static/css/tokens.css. Nothing here needs the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models.amended import AmendmentState
from ogp_tracker.common.texts import StrOrPromise


class Level(TextChoices):
    """How far a commitment or milestone is said to be, from least to most advanced."""

    NOT_STARTED = "not_started", _("Not started")
    LIMITED = "limited", _("Limited")
    SUBSTANTIAL = "substantial", _("Substantial")
    COMPLETED = "completed", _("Completed")


LEVEL_VALUES = [str(value) for value in Level.values]

NOT_REPORTED = ""
"""In place of a level while nobody has reported one."""

ORDER = {level: position for position, level in enumerate(Level)}

NEEDS_EVIDENCE = frozenset({Level.SUBSTANTIAL, Level.COMPLETED})


class LevelBasis(TextChoices):
    """How the level of an update is known; empty exactly where there is no level."""

    GIVEN = "given", _("Given by the source")
    READ = "read", _("Our reading")


class Schedule(TextChoices):
    """Whether it is on time, as the source says; empty where it does not say."""

    ON_SCHEDULE = "on_schedule", _("On schedule")
    AT_RISK = "at_risk", _("At risk")
    BEHIND = "behind_schedule", _("Behind schedule")


NEEDS_OBSTACLES = frozenset({Schedule.AT_RISK, Schedule.BEHIND})


class Provenance(TextChoices):
    """Whose word an update rests on; all but the first are words of a document."""

    REPORTED_HERE = "reported_here", _("Reported here")
    PUBLISHED_ELSEWHERE = "published_elsewhere", _("Published by government")
    ASSESSOR_REPORT = "assessor_report", _("In the IRM’s report")


class Overall(TextChoices):
    """What the nations in scope make of a milestone together."""

    NOT_REPORTED = "not_reported", _("Not reported")
    PARTLY_REPORTED = "partly_reported", _("Partly reported")
    LEVEL_NOT_GIVEN = "level_not_given", _("Level not given")
    NOT_STARTED = Level.NOT_STARTED.value, Level.NOT_STARTED.label
    LIMITED = Level.LIMITED.value, Level.LIMITED.label
    SUBSTANTIAL = Level.SUBSTANTIAL.value, Level.SUBSTANTIAL.label
    COMPLETED = Level.COMPLETED.value, Level.COMPLETED.label


def lacks_evidence(level: str, is_given: bool) -> bool:
    """Only an update taken from a document can. In SQL: `conditions.lacks_evidence`."""
    return level in NEEDS_EVIDENCE and not is_given


@dataclass(frozen=True, eq=False)
class Sign:
    """How a level is shown: its word, what it means, the name of its tone and its shape."""

    word: StrOrPromise
    definition: StrOrPromise
    css: str
    shape: str
    """The inside of an SVG of 16 by 16 units, drawn in the current colour."""
    is_read: bool = False
    """Whether it is our reading: then brackets stand beside the 16 units, 4 wide on each side."""

    @property
    def symbol(self) -> str:
        return f"read-{self.css}" if self.is_read else self.css


def _sign(shown: TextChoices, definition: StrOrPromise, shape: str) -> Sign:
    return Sign(shown.label, definition, shown.value.replace("_", "-"), shape)


_RING = '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.8"/>'

SIGNS: dict[str, Sign] = {
    NOT_REPORTED: _sign(
        Overall.NOT_REPORTED,
        _("This site has no progress update for this nation."),
        '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6"'
        ' stroke-dasharray="2.3 2.2"/>',
    ),
    Level.NOT_STARTED: _sign(
        Level.NOT_STARTED, _("Work has not begun, or it was not done."), _RING
    ),
    Level.LIMITED: _sign(
        Level.LIMITED,
        _("Work has begun, and most of it is still to be done."),
        _RING + '<path d="M8 8V1.5A6.5 6.5 0 0 1 14.5 8Z" fill="currentColor"/>',
    ),
    Level.SUBSTANTIAL: _sign(
        Level.SUBSTANTIAL,
        _("Most of the work is done, and some is still to be done."),
        _RING + '<path d="M8 8V1.5A6.5 6.5 0 1 1 1.5 8Z" fill="currentColor"/>',
    ),
    Level.COMPLETED: _sign(
        Level.COMPLETED,
        _("It has been done."),
        '<circle cx="8" cy="8" r="7.3" fill="currentColor"/>'
        '<path class="tick" d="m4.6 8.3 2.3 2.3 4.5-4.8" fill="none" stroke-width="1.8"/>',
    ),
}

_HATCHED = {
    Level.NOT_STARTED: "",
    Level.LIMITED: "M8 8V1.5M8 8h6.5M8 4.4 10.4 2M8 6.8l4-4M9.2 8l4-4M11.6 8 14 5.6",
    Level.SUBSTANTIAL: "M8 8V1.5M8 8H1.5M2.1 10.8 4.9 8M8 4.9l2.8-2.8M3.4 12.6l9.2-9.2M5.2 13.9"
    "l8.7-8.7M7.7 14.5l6.8-6.8",
    Level.COMPLETED: "M1.5 8.3l6.8-6.8M2.1 10.8l8.7-8.7M3.4 12.6l9.2-9.2M5.2 13.9l8.7-8.7M7.7 14.5"
    "l6.8-6.8",
}
"""What fills the circle of a level that is our reading."""

READ_SIGNS: dict[str, Sign] = {
    level: replace(
        SIGNS[level],
        shape=f'{_RING}<path d="{hatched}M-1 1h-2.6v14H-1M17 1h2.6v14H17" fill="none"'
        ' stroke="currentColor"/>',
        is_read=True,
    )
    for level, hatched in _HATCHED.items()
}
"""The same levels where this site read them from somebody's words."""

NOT_APPLICABLE = Sign(
    _("Does not apply"),
    _("This nation does not have to deliver the milestone. The reason is shown beside it."),
    "not-applicable",
    '<path d="M3 8h10" fill="none" stroke="currentColor" stroke-width="1.8"/>',
)


LEVEL_NOT_GIVEN = Sign(
    Overall.LEVEL_NOT_GIVEN.label,
    _("The source describes progress in its own words, which give none of the four levels."),
    "not-given",
    '<path d="M2 2.5h12v8.5H8.5L5 14v-3H2Z" fill="none" stroke="currentColor" stroke-width="1.6"/>',
)

OVERALL_SIGNS: dict[str, Sign] = {
    Overall.NOT_REPORTED: SIGNS[NOT_REPORTED],
    Overall.PARTLY_REPORTED: _sign(
        Overall.PARTLY_REPORTED,
        _("Progress is recorded for some of the nations in scope, but not for all."),
        '<path d="M8 1.5a6.5 6.5 0 0 1 0 13" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M8 14.5a6.5 6.5 0 0 1 0-13" fill="none" stroke="currentColor" stroke-width="1.6"'
        ' stroke-dasharray="2.3 2.2"/>',
    ),
    Overall.LEVEL_NOT_GIVEN: LEVEL_NOT_GIVEN,
    **{Overall(level): SIGNS[level] for level in Level},
}

_BAR = '<path d="M13 2v12" fill="none" stroke="currentColor" stroke-width="1.8"/>'

SCHEDULE_SIGNS: dict[str, Sign] = {
    Schedule.ON_SCHEDULE: _sign(
        Schedule.ON_SCHEDULE,
        _("The source says that it will be done by its due date."),
        '<path d="M3 3l8 5-8 5Z" fill="currentColor"/>' + _BAR,
    ),
    Schedule.AT_RISK: _sign(
        Schedule.AT_RISK,
        _("The source says that it may not be done by its due date."),
        '<path d="M3 3.5l7 4.5-7 4.5Z" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        + _BAR,
    ),
    Schedule.BEHIND: _sign(
        Schedule.BEHIND,
        _("The source says that it is later than planned."),
        '<path d="M10 3l-8 5 8 5Z" fill="currentColor"/>'
        '<path d="M13 2v4.5M13 9.5V14" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    ),
}

OUR_READING = Sign(
    _("our reading"),
    _("The source gives no level. This site read it from the source’s words."),
    "read",
    '<path d="M5 2H2.5v12H5M11 2h2.5v12H11" fill="none" stroke="currentColor" stroke-width="1.6"/>',
)


STATE_SIGNS: dict[str, Sign] = {
    AmendmentState.ON_HOLD: _sign(
        AmendmentState.ON_HOLD,
        _("Government has stopped work on it for now. The reason is shown."),
        _RING + '<path d="M6.2 5v6M9.8 5v6" stroke="currentColor" stroke-width="1.8"/>',
    ),
    AmendmentState.WITHDRAWN: _sign(
        AmendmentState.WITHDRAWN,
        _("Government has given it up. The reason is shown."),
        _RING + '<path d="m3.4 12.6 9.2-9.2" stroke="currentColor" stroke-width="1.8"/>',
    ),
    AmendmentState.MERGED: _sign(
        AmendmentState.MERGED,
        _("It was merged into something else or replaced. A link leads there."),
        _RING + '<path d="M8 12V8.5L5.4 5M8 8.5 10.6 5" fill="none" stroke="currentColor"'
        ' stroke-width="1.6"/>',
    ),
}
"""How it is shown that something is withdrawn, on hold or merged."""


class Cell(Protocol):
    """What one nation in scope, or one update, says."""

    level: str
    level_basis: str
    words_as_published: str
    schedule: str
    provenance: str
    as_of: date | None


def stands_at(cell: Cell) -> Overall:
    """What is known in one nation: a level, words without one, or nothing."""
    if cell.level:
        return Overall(cell.level)
    return Overall.LEVEL_NOT_GIVEN if cell.words_as_published else Overall.NOT_REPORTED


def same_words(words: str, shown: Sign) -> bool:
    """Whether the source's words are those of the mark, so that they need not be said twice."""
    return words.strip(" .").casefold() == str(shown.word).casefold()


def sign_of(cell: Cell) -> Sign:
    if cell.level and cell.level_basis == LevelBasis.READ:
        return READ_SIGNS[cell.level]
    return OVERALL_SIGNS[stands_at(cell)]


def in_words(cell: Cell) -> str:
    """Such as: “In progress”, behind schedule; Substantial (our reading)."""
    said = str(OVERALL_SIGNS[stands_at(cell)].word)
    if sign_of(cell) is LEVEL_NOT_GIVEN:
        said = f"“{cell.words_as_published}”"
    elif sign_of(cell).is_read:
        said = f"{said} ({OUR_READING.word})"
    if not cell.schedule or same_words(cell.words_as_published, SCHEDULE_SIGNS[cell.schedule]):
        return said
    return f"{said}, {str(SCHEDULE_SIGNS[cell.schedule].word).lower()}"


@dataclass(frozen=True)
class RollUp:
    """What the nations in scope make of a milestone, and of how many of them it is known."""

    overall: Overall
    is_read: bool
    heard: int
    in_scope: int

    @property
    def is_completed(self) -> bool:
        return self.overall == Overall.COMPLETED

    @property
    def sign(self) -> Sign:
        return (READ_SIGNS if self.is_read else OVERALL_SIGNS)[self.overall]


def roll_up(cells: Iterable[Cell]) -> RollUp:
    """With a level everywhere it is the least advanced: the whole has come no further than that."""
    given = list(cells)
    stands = [stands_at(cell) for cell in given]
    heard = sum(one != Overall.NOT_REPORTED for one in stands)
    if not heard:
        overall = Overall.NOT_REPORTED
    elif heard < len(given):
        overall = Overall.PARTLY_REPORTED
    else:
        # The members stand from the least that is known to the most advanced.
        overall = min(stands, key=list(Overall).index)
    is_read = overall in LEVEL_VALUES and any(cell.level_basis == LevelBasis.READ for cell in given)
    return RollUp(overall=overall, is_read=is_read, heard=heard, in_scope=len(given))


@dataclass(frozen=True)
class LevelCounts:
    """How many milestones stand at each overall level; never one percentage.

    What is withdrawn, on hold or merged is counted as that, and so stays in the total.
    """

    not_reported: int = 0
    partly_reported: int = 0
    level_not_given: int = 0
    not_started: int = 0
    limited: int = 0
    substantial: int = 0
    completed: int = 0
    withdrawn: int = 0
    on_hold: int = 0
    merged: int = 0
    read: int = 0
    """How many of those with a level have it by our reading."""
    told: int = 0
    """How many rest on an assessor's report."""

    @classmethod
    def of(cls, found: Iterable[tuple[Any, ...]] | Mapping[tuple[Any, ...], int]) -> "LevelCounts":
        """Count what stands where, with whether it is our reading and, if known, only told."""
        totals: Counter[str] = Counter()
        for (standing, is_read, *is_told), number in Counter(found).items():
            totals[str(standing)] += number
            if standing not in STATE_SIGNS:
                totals["read"] += number if is_read else 0
                totals["told"] += number if any(is_told) and standing != Overall.NOT_REPORTED else 0
        return cls(**totals)

    @property
    def total(self) -> int:
        return sum(count for _sign, count in self.rows())

    @property
    def heard(self) -> int:
        """Of how many anything is known, be it in one nation only."""
        return sum(getattr(self, one) for one in Overall) - self.not_reported

    def rows(self) -> list[tuple[Sign, int]]:
        """The most advanced first."""
        by_level = [(OVERALL_SIGNS[one], getattr(self, one.value)) for one in reversed(Overall)]
        amended = [(sign, getattr(self, state)) for state, sign in STATE_SIGNS.items()]
        return [*by_level, *amended]
