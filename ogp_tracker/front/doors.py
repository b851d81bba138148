"""Numbers for the questions of the front page: what is overdue, what disagrees, what changed."""

from dataclasses import dataclass
from datetime import date, datetime

from irm.models import Report
from milestones.models import Milestone, ProgressUpdate


@dataclass(frozen=True)
class Doors:
    counting_plans: int
    """For how many plans a report counts commitments by completion."""
    possible: dict[str, int]
    """What could be overdue, as `MilestoneQuerySet.possibly_late` says it."""
    overdue: int
    unfinished: int
    """How many milestones are known not to have been completed when their plan closed."""
    published: datetime | None
    """When the latest update was published here."""


def doors(on: date) -> Doors:
    milestones = Milestone.objects.public()
    possible = milestones.possibly_late(on)
    updates = ProgressUpdate.objects.public().order_by("-published_at", "milestone_id")
    counting = Report.objects.public().exclude(completion_totals="")
    return Doors(
        counting_plans=counting.values("plan").distinct().count(),
        possible=possible,
        overdue=milestones.overdue(on).count() if possible["dated"] else 0,
        unfinished=milestones.not_completed_at_end(on).count() if possible["milestones"] else 0,
        published=updates.values_list("published_at", flat=True).first(),
    )
