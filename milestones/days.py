"""Facts that follow from the date: computed on a date, never stored. Pure."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models.plan import PlanState
from milestones import known
from milestones.known import Known

STALE_AFTER_MONTHS = 6
"""OGP's minimum requirement 2.2: the repository is updated at least twice a year."""


def months_before(start: date, months: int) -> date:
    """The same date `months` earlier, or that month's last."""
    count = start.year * 12 + start.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


class Timing(TextChoices):
    """What follows from the date for a milestone that is not completed."""

    OVERDUE = "overdue", _("Overdue")
    PAST_DUE = "past_due", _("Past its due date; level not given")
    STALE = "stale", _("Not updated for six months")
    NOT_COMPLETED_AT_END = "not_completed_at_end", _("Unfinished when the plan closed")
    BEHIND_AT_END = "behind_at_end", _("Behind schedule or at risk when last heard of")
    UNKNOWN_AT_END = "unknown_at_end", _("Nobody can tell whether it was completed")


@dataclass(frozen=True)
class MilestoneFacts:
    known: Collection[Known]
    """In each nation in scope where it applies; in one alone, to ask about that nation."""
    plan: PlanState
    """The state of its plan on the date that is asked about."""
    plan_end: date | None
    is_past_due: bool
    """Whether its due date was before the date that is asked about."""
    is_unheard: bool
    """As `is_unheard` says of the date that is asked about."""
    is_amended: bool = False
    """Whether it, or its commitment, is withdrawn, on hold or merged."""


def is_unheard(awaited_since: date | None, on: date) -> bool:
    """Whether nothing was heard in the six months up to `on`, though there was time to report.

    Since the latest of the start of its plan, its publication here and government's last update
    published here; None if it is not published here.
    """
    return awaited_since is not None and awaited_since < months_before(on, STALE_AFTER_MONTHS)


def timings(facts: MilestoneFacts) -> frozenset[Timing]:
    """Return what follows for a milestone. In SQL: `conditions.timing_is`.

    Overdue: past the due date, plan current, some nation short of Completed. Past its due date,
    where no nation is known to be short: nobody knows whether it was completed. Stale: plan
    current, not completed, and unheard. Nothing is said where it applies in no nation, and nothing
    of what is withdrawn, on hold or merged.

    A closed plan says neither. There exactly one of three is said: unfinished, if some nation has
    a level short of Completed or went on after the plan's end; else behind schedule or at risk, if
    some nation last said so; else nobody can tell.
    """
    if facts.is_amended or all(one.letter == known.COMPLETED for one in facts.known):
        return frozenset()
    if facts.plan == PlanState.CLOSED:
        return frozenset({_at_the_end(facts)})
    if facts.plan != PlanState.CURRENT:
        return frozenset()
    said = set()
    if facts.is_past_due:
        is_short = any(one.letter == known.SHORT for one in facts.known)
        said.add(Timing.OVERDUE if is_short else Timing.PAST_DUE)
    if facts.is_unheard:
        said.add(Timing.STALE)
    return frozenset(said)


def _at_the_end(facts: MilestoneFacts) -> Timing:
    if any(one.is_unfinished_after(facts.plan_end) for one in facts.known):
        return Timing.NOT_COMPLETED_AT_END
    if any(one.letter in known.BEHIND for one in facts.known):
        return Timing.BEHIND_AT_END
    return Timing.UNKNOWN_AT_END
