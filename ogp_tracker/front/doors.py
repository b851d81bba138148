"""What the front page says of overdue milestones, disagreements and changes: real counts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from irm.disagreements.rows import Places
from irm.disagreements.rule import LEVEL_OF, Comparison
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone, ProgressUpdate


@dataclass(frozen=True)
class Doors:
    differing_commitments: int
    differing_parts: int
    """Milestones, each counted in every nation where the two differ."""
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
    wholes, parts = _differing()
    updates = ProgressUpdate.objects.public().order_by("-published_at", "milestone")
    counting = Report.objects.public().exclude(completion_totals="")
    return Doors(
        differing_commitments=wholes,
        differing_parts=parts,
        counting_plans=counting.values("plan").distinct().count(),
        possible=possible,
        overdue=milestones.overdue(on).count() if possible["dated"] else 0,
        unfinished=milestones.not_completed_at_end(on).count() if possible["milestones"] else 0,
        published=updates.values_list("published_at", flat=True).first(),
    )


def _differing() -> tuple[int, int]:
    """How many commitments as a whole and parts differ.

    Only what an assessor found a level for can, so that no other rows are compared.
    """
    codes = {"completion__in": list(LEVEL_OF)}
    assessed: Any = Assessment.objects.citable().filter(**codes).values("commitment")
    found: Any = MilestoneFinding.objects.citable().filter(**codes).values("milestone")
    compared = Places.public().narrowed(Q(pk__in=assessed), Q(pk__in=found))
    differing = compared.of_kind(Comparison.DIFFER)
    return differing.whole_number, differing.count() - differing.whole_number
