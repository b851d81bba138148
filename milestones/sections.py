"""The sections of the page `/overdue/`: what follows from the date, and what moved."""

from datetime import date

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import Nation
from milestones.conditions import applies_in, is_moved, timing_is
from milestones.days import Timing


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
    def is_at_end(self) -> bool:
        """Whether it is said of plans that have closed."""
        return self in {self.NOT_COMPLETED, self.BEHIND, self.UNKNOWN}


RUNNING = (OverdueSection.OVERDUE, OverdueSection.PAST_DUE, OverdueSection.STALE)
"""The sections of plans that run."""
