"""What is said of milestones in the nations and differs between the ends of two dates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from commitments.models import Nation
from milestones.levels import in_words
from milestones.models import Milestone, NationProgress, ProgressUpdate
from ogp_tracker.history.scopes import Paths, Scope
from ogp_tracker.opendata.as_at import end_of, reading

MOST = 30
"""At most this many milestones are compared; the list of changes has the others."""

PATHS = Paths(commitment="commitment", milestone="pk", plan="commitment__plan")


@dataclass(frozen=True)
class LevelChange:
    """A milestone in one nation, as it was at the end of the first date and of the second."""

    milestone: Milestone
    nation: Nation
    then: NationProgress | None
    """None if readers did not see it yet."""
    since: NationProgress | None


@dataclass(frozen=True)
class LevelComparison:
    """The levels that differ, and whether there were more milestones than could be compared."""

    changes: list[LevelChange]
    are_more: bool


def compare(scope: Scope, first: date, last: date) -> LevelComparison:
    """At most four queries."""
    milestones = list(touched(scope, first, last)[: MOST + 1])
    are_more, milestones = len(milestones) > MOST, milestones[:MOST]
    then, since = (levels(milestones, scope, on) for on in (first, last))
    changes = [
        LevelChange(milestone, row.nation, then.get(key), since.get(key))
        for milestone in milestones
        for key, row in sorted((then | since).items(), key=lambda one: one[1].nation.position)
        if key[0] == milestone.pk and _said(then.get(key)) != _said(since.get(key))
    ]
    return LevelComparison(changes, are_more)


def touched(scope: Scope, first: date, last: date) -> QuerySet[Milestone]:
    between = (end_of(first), end_of(last))
    reported = ProgressUpdate.objects.published().filter(
        milestone=OuterRef("pk"), published_at__gte=between[0], published_at__lt=between[1]
    )
    settled = NationProgress.history.filter(
        milestone_id=OuterRef("pk"), history_date__gte=between[0], history_date__lt=between[1]
    )
    belongs = scope.narrow(PATHS)
    if belongs is None:
        return Milestone.objects.none()
    rows = Milestone.objects.public().filter(belongs, Exists(reported) | Exists(settled))
    return rows.select_related("commitment").order_by("commitment__slug", "order", "number")


def levels(
    milestones: list[Milestone], scope: Scope, on: date
) -> dict[tuple[int, int], NationProgress]:
    if not milestones:
        return {}
    rows = NationProgress.objects.public().filter(milestone__in=[row.pk for row in milestones])
    if isinstance(scope.row, Nation):
        rows = rows.filter(nation=scope.row)
    with reading(end_of(on)):
        return {
            (row.milestone_id or 0, row.nation_id): row for row in rows.select_related("nation")
        }


def _said(row: NationProgress | None) -> tuple[Any, ...] | None:
    if row is None:
        return None
    return (row.applies, in_words(row), row.provenance) if row.applies else (row.applies,)
