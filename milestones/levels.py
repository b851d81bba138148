"""The four levels of progress: one word, one meaning and one shape each, defined here only.

The levels are those of OGP's self-assessment scale for commitments and milestones. A circle
that fills up says the level without colour; the colour is the design token
`--level-<css>` in static/css/tokens.css. Nothing here needs the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models.amended import AmendmentState


class Level(TextChoices):
    """How far government says a milestone is, from least to most advanced."""

    NOT_STARTED = "not_started", _("Not started")
    LIMITED = "limited", _("Limited")
    SUBSTANTIAL = "substantial", _("Substantial")
    COMPLETED = "completed", _("Completed")


LEVEL_VALUES = [str(value) for value in Level.values]

NOT_REPORTED = ""
"""In place of a level while nobody has reported one."""

ORDER = {level: position for position, level in enumerate(Level)}

NEEDS_EVIDENCE = frozenset({Level.SUBSTANTIAL, Level.COMPLETED})
NEEDS_OBSTACLES = frozenset({Level.NOT_STARTED, Level.LIMITED})


def lacks_evidence(level: str, is_given: bool) -> bool:
    """Only an update taken from a document can. In SQL: `conditions.lacks_evidence`."""
    return level in NEEDS_EVIDENCE and not is_given


@dataclass(frozen=True)
class Sign:
    """How a level is shown: its word, what it means, the name of its tone and its shape."""

    word: Any
    definition: Any
    css: str
    shape: str
    """The inside of an SVG of 16 by 16 units, drawn in the current colour."""


_RING = '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.8"/>'

SIGNS: dict[str, Sign] = {
    NOT_REPORTED: Sign(
        _("Not reported"),
        _("No government has published a level for this milestone in this nation."),
        "not-reported",
        '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6"'
        ' stroke-dasharray="2.3 2.2"/>',
    ),
    Level.NOT_STARTED: Sign(
        Level.NOT_STARTED.label,
        _("Government says that work on the milestone has not begun, or that it was not done."),
        "not-started",
        _RING,
    ),
    Level.LIMITED: Sign(
        Level.LIMITED.label,
        _("Government says that work has begun and that most of it is still to do."),
        "limited",
        _RING + '<path d="M8 8V1.5A6.5 6.5 0 0 1 14.5 8Z" fill="currentColor"/>',
    ),
    Level.SUBSTANTIAL: Sign(
        Level.SUBSTANTIAL.label,
        _("Government says that most of the work is done and that some is still to do."),
        "substantial",
        _RING + '<path d="M8 8V1.5A6.5 6.5 0 1 1 1.5 8Z" fill="currentColor"/>',
    ),
    Level.COMPLETED: Sign(
        Level.COMPLETED.label,
        _("Government says that the milestone has been done."),
        "completed",
        '<circle cx="8" cy="8" r="7.3" fill="currentColor"/>'
        '<path class="tick" d="m4.6 8.3 2.3 2.3 4.5-4.8" fill="none" stroke-width="1.8"/>',
    ),
}

NOT_APPLICABLE = Sign(
    _("Does not apply"),
    _("The milestone is not for this nation to deliver; the reason is given beside it."),
    "not-applicable",
    '<path d="M3 8h10" fill="none" stroke="currentColor" stroke-width="1.8"/>',
)


STATE_SIGNS: dict[str, Sign] = {
    AmendmentState.WITHDRAWN: Sign(
        AmendmentState.WITHDRAWN.label,
        _("Government has given it up. It needs no level; its reason is shown."),
        "withdrawn",
        _RING + '<path d="m3.4 12.6 9.2-9.2" stroke="currentColor" stroke-width="1.8"/>',
    ),
    AmendmentState.ON_HOLD: Sign(
        AmendmentState.ON_HOLD.label,
        _("Government has stopped work on it for now, and says why."),
        "on-hold",
        _RING + '<path d="M6.2 5v6M9.8 5v6" stroke="currentColor" stroke-width="1.8"/>',
    ),
    AmendmentState.MERGED: Sign(
        AmendmentState.MERGED.label,
        _("It was merged into something else, or replaced by it, to which it leads."),
        "merged",
        _RING + '<path d="M8 12V8.5L5.4 5M8 8.5 10.6 5" fill="none" stroke="currentColor"'
        ' stroke-width="1.6"/>',
    ),
}
"""How it is shown that something is withdrawn, on hold or merged."""


@dataclass(frozen=True)
class RollUp:
    """A milestone's overall level, and how many of the nations in scope it rests on."""

    level: str
    reported: int
    in_scope: int

    @property
    def is_complete(self) -> bool:
        return (
            self.in_scope > 0 and self.reported == self.in_scope and (self.level == Level.COMPLETED)
        )


def roll_up(levels: Iterable[str]) -> RollUp:
    """Put the levels of the nations in scope together into one overall level.

    `levels` has one entry per nation in scope, `NOT_REPORTED` where nobody has reported. The
    overall level is that of the least advanced nation among those reported: the milestone as
    a whole has come no further than where it has come least far.
    """
    given = [Level(level) if level else NOT_REPORTED for level in levels]
    reported = [level for level in given if level]
    least = min(reported, key=lambda level: ORDER[Level(level)], default=NOT_REPORTED)
    return RollUp(level=str(least), reported=len(reported), in_scope=len(given))


@dataclass(frozen=True)
class LevelCounts:
    """How many parts (a milestone in a nation) are at each level; never one percentage.

    What is withdrawn, on hold or merged is counted as that, and so stays in the total.
    """

    not_reported: int = 0
    not_started: int = 0
    limited: int = 0
    substantial: int = 0
    completed: int = 0
    withdrawn: int = 0
    on_hold: int = 0
    merged: int = 0

    @classmethod
    def of(cls, levels: Iterable[str]) -> "LevelCounts":
        return cls.from_mapping(Counter(levels))

    @classmethod
    def from_mapping(cls, counts: Mapping[str, int]) -> "LevelCounts":
        """A missing level counts nothing."""
        return cls(
            not_reported=counts.get(NOT_REPORTED, 0),
            **{str(name): counts.get(name, 0) for name in (*Level, *AmendmentState)},
        )

    @property
    def total(self) -> int:
        return sum(count for _sign, count in self.rows())

    @property
    def reported(self) -> int:
        return sum(getattr(self, level) for level in Level)

    def rows(self) -> list[tuple[Sign, int]]:
        """The most advanced first."""
        by_level = [(SIGNS[level], getattr(self, level)) for level in reversed(Level)]
        amended = [(STATE_SIGNS[state], getattr(self, state)) for state in AmendmentState]
        return [*by_level, (SIGNS[NOT_REPORTED], self.not_reported), *amended]
