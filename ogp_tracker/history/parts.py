"""The parts of milestones whose level is another one at the end of a day than at the end of one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from commitments.models import Nation
from milestones.models import Milestone, NationProgress, ProgressUpdate
from ogp_tracker.history.scopes import Paths, Scope
from ogp_tracker.opendata.as_at import end_of, reading

MOST = 30
"""So many milestones are compared at most; of more the list of changes tells."""

PATHS = Paths(commitment="commitment", milestone="pk", plan="commitment__plan")


@dataclass(frozen=True)
class Part:
    """A milestone in one nation, as it stood on the first day and on the second."""

    milestone: Milestone
    nation: Nation
    then: NationProgress | None
    """None if readers did not see it yet."""
    since: NationProgress | None


@dataclass(frozen=True)
class Compared:
    """The parts that differ, and whether there were more milestones than could be compared."""

    parts: list[Part]
    are_more: bool


def compare(scope: Scope, first: date, last: date) -> Compared:
    """Return the parts that stand otherwise at the end of the second day. Four queries at most."""
    milestones = list(touched(scope, first, last)[: MOST + 1])
    are_more, milestones = len(milestones) > MOST, milestones[:MOST]
    then, since = (levels(milestones, scope, day) for day in (first, last))
    parts = [
        Part(milestone, part.nation, then.get(place), since.get(place))
        for milestone in milestones
        for place, part in sorted(({**then, **since}).items(), key=_nation_of)
        if place[0] == milestone.pk and _said(then.get(place)) != _said(since.get(place))
    ]
    return Compared(parts, are_more)


def touched(scope: Scope, first: date, last: date) -> QuerySet[Milestone]:
    """Return public milestones of which something was reported between the ends of two days."""
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
    return rows.select_related("commitment").order_by("commitment__slug", "number")


def levels(
    milestones: list[Milestone], scope: Scope, day: date
) -> dict[tuple[int, int], NationProgress]:
    """Return where milestones stood in the nations at the end of a day."""
    if not milestones:
        return {}
    rows = NationProgress.objects.public().filter(milestone__in=[row.pk for row in milestones])
    if isinstance(scope.row, Nation):
        rows = rows.filter(nation=scope.row)
    with reading(end_of(day)):
        return {(row.milestone_id, row.nation_id): row for row in rows.select_related("nation")}


def _nation_of(item: tuple[Any, NationProgress]) -> int:
    return item[1].nation.position


def _said(part: NationProgress | None) -> tuple[bool, str] | None:
    if part is None:
        return None
    return part.applies, part.level if part.applies else ""
