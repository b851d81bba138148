"""Numbers for the questions of the front page: what is overdue, what disagrees, what changed."""

from dataclasses import dataclass
from datetime import date, datetime

from irm.models import Report
from milestones.models import Milestone, ProgressUpdate
from milestones.overdue_counts import OverdueTally, tally
from milestones.sections import OverdueSection


@dataclass(frozen=True)
class Doors:
    counting_plans: int
    """For how many plans a report counts commitments by completion."""
    tally: OverdueTally
    published: datetime | None
    """When the latest update was published here."""

    @property
    def overdue(self) -> int:
        return self.tally.totals[OverdueSection.OVERDUE]

    @property
    def unfinished(self) -> int:
        """How many milestones are known not to have been completed when their plan closed."""
        return self.tally.totals[OverdueSection.NOT_COMPLETED]


def doors(on: date) -> Doors:
    updates = ProgressUpdate.objects.public().order_by("-published_at", "milestone_id")
    counting = Report.objects.public().exclude(completion_totals="")
    return Doors(
        counting_plans=counting.values("plan").distinct().count(),
        tally=tally(Milestone.objects.public(), on),
        published=updates.values_list("published_at", flat=True).first(),
    )
