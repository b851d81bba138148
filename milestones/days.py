"""Facts that follow from the date: computed on a date, never stored. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models.plan import PlanState
from milestones.levels import RollUp

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
    STALE = "stale", _("No update in six months")
    NOT_COMPLETED_AT_END = "not_completed_at_end", _("Not completed as last known")
    NOT_FULLY_REPORTED = "not_fully_reported", _("Not fully reported at the end of the plan")


@dataclass(frozen=True)
class MilestoneFacts:
    overall: RollUp
    is_short: bool
    """Whether some nation in scope has a level that is less than Completed."""
    due_on: date | None
    plan: PlanState
    """The state of its plan on the date that is asked about."""
    awaited_since: date | None
    """The latest of the start of its plan, its publication here and its last update published up
    to the date that is asked about; None if it is not published here."""
    is_amended: bool = False
    """Whether it, or its commitment, is withdrawn, on hold or merged."""


def timings(facts: MilestoneFacts, *, on: date) -> frozenset[Timing]:
    """Return what follows for a milestone on the date `on`.

    Overdue: past the due date, plan current, some nation short of Completed. Past its due date,
    where no nation is known to be short: nobody knows whether it was completed. Stale: plan
    current, not completed, nothing heard in the six months up to `on`, though there was time to
    report. Of what is withdrawn, on hold or merged nothing is said.

    A closed plan says neither. It says “Not completed” only if some nation has a level that is
    short of Completed; if none is short but of some nothing is known, then nobody knows whether
    it was completed, and it says that instead.
    """
    if facts.overall.is_completed or facts.is_amended:
        return frozenset()
    if facts.plan == PlanState.CLOSED:
        return _at_the_end(facts)
    if facts.plan != PlanState.CURRENT:
        return frozenset()
    said = set()
    if facts.due_on is not None and facts.due_on < on:
        said.add(Timing.OVERDUE if facts.is_short else Timing.PAST_DUE)
    since = facts.awaited_since
    if since is not None and since < months_before(on, STALE_AFTER_MONTHS):
        said.add(Timing.STALE)
    return frozenset(said)


def _at_the_end(facts: MilestoneFacts) -> frozenset[Timing]:
    if facts.is_short:
        return frozenset({Timing.NOT_COMPLETED_AT_END})
    if facts.overall.heard < facts.overall.in_scope:
        return frozenset({Timing.NOT_FULLY_REPORTED})
    return frozenset()
