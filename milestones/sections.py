"""The sections of the page `/overdue/`: what follows from the date, and what moved."""

from datetime import date

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import Nation
from commitments.models.plan import PlanState
from milestones.conditions import (
    PLAN,
    applies_in,
    goes_on,
    is_moved,
    is_unfinished,
    is_unheard,
    timing_is,
)
from milestones.days import Timing
from ogp_tracker.common.texts import StrOrPromise


class OverdueSection(TextChoices):
    """In the order of the page."""

    OVERDUE = Timing.OVERDUE.value, Timing.OVERDUE.label
    PAST_DUE = Timing.PAST_DUE.value, Timing.PAST_DUE.label
    STALE = Timing.STALE.value, Timing.STALE.label
    NOT_COMPLETED = Timing.NOT_COMPLETED_AT_END.value, Timing.NOT_COMPLETED_AT_END.label
    BEHIND = Timing.BEHIND_AT_END.value, Timing.BEHIND_AT_END.label
    UNKNOWN = Timing.UNKNOWN_AT_END.value, Timing.UNKNOWN_AT_END.label
    MOVED = "moved", _("Due date moved")

    def condition(self, on: date, nation: Nation | None = None) -> Q:
        if self == OverdueSection.MOVED:
            return is_moved() & applies_in(nation) if nation else is_moved()
        return timing_is(Timing(self.value), on, nation)

    @property
    def meaning(self) -> StrOrPromise:
        return MEANINGS[self]

    @property
    def is_at_end(self) -> bool:
        """Whether it is said of plans that have closed."""
        return self in {self.NOT_COMPLETED, self.BEHIND, self.UNKNOWN}


def in_any_section(on: date, nation: Nation | None = None) -> Q:
    """What the conditions of all sections together come to, but asked at once."""
    current, closed = (one.condition(on, PLAN) for one in (PlanState.CURRENT, PlanState.CLOSED))
    follows = closed | (current & (Q(due_on__lt=on) | is_unheard(on)))
    return OverdueSection.MOVED.condition(on, nation) | (
        goes_on() & is_unfinished(nation) & follows
    )


RUNNING = (OverdueSection.OVERDUE, OverdueSection.PAST_DUE, OverdueSection.STALE)
"""The sections of plans that run."""

MEANINGS = {
    OverdueSection.OVERDUE: _(
        "Past the due date in a plan that is running, and known not to be completed in at least"
        " one nation. The longest overdue comes first."
    ),
    OverdueSection.PAST_DUE: _(
        "Past the due date in a plan that is running, but no level says whether it was completed,"
        " so it is not called overdue. The earliest due date comes first."
    ),
    OverdueSection.STALE: _(
        "Not completed, in a plan that is running, and not updated here for six months. The longest"
        " without an update comes first."
    ),
    OverdueSection.NOT_COMPLETED: _(
        "The plan has closed. The last update gives a level short of Completed, or says after the"
        " plan’s end that work was going on. Nothing later recorded here says otherwise."
    ),
    OverdueSection.BEHIND: _(
        "The last update came before the plan closed. Nothing later is recorded here."
    ),
    OverdueSection.UNKNOWN: _(
        "The plan has closed, and what is recorded here does not say whether the milestone was"
        " completed. It is not counted as unfinished."
    ),
    OverdueSection.MOVED: _(
        "Due dates that moved after they were recorded here. The latest move comes first."
    ),
}
