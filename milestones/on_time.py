"""Completed on time, completed late and by how much, overdue and by how much: never as a rank.

A milestone is completed when government, or another body that reports on it, first says so of every
nation in scope and takes it back in none. The work may have been done before; nobody else can know
when. A date of which the source gives only a month is the last of that month: on time by then is on
time, and otherwise nobody can tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from commitments.models.plan import PlanState
from milestones.conditions import PLAN, goes_on, moves_of_due_date, timing_is
from milestones.days import Timing
from milestones.levels import Level
from milestones.models.nation_progress import NationProgress
from milestones.models.update import ProgressUpdate

if TYPE_CHECKING:
    # Its verb `on_time` leads here.
    from milestones.models import Milestone
    from milestones.querysets import MilestoneQuerySet

FIRST_ROWS = 5


class Punctuality(TextChoices):
    """Exactly one is said of each milestone."""

    ON_TIME = "on_time", _("Completed on time")
    LATE = "late", _("Completed late")
    OVERDUE = "overdue", _("Overdue")
    NOT_DUE = "not_due", _("Not due yet")
    UNFINISHED = "unfinished", _("Unfinished when the plan closed")
    NO_DUE_DATE = "no_due_date", _("Completed; no due date recorded")
    NO_EXACT_DATE = "no_exact_date", _("Completed; the date is not known exactly enough")
    UNKNOWN = "unknown", _("Not known whether it was completed")
    AMENDED = "amended", _("Withdrawn, on hold or merged")


LISTED = (Punctuality.ON_TIME, Punctuality.LATE, Punctuality.OVERDUE)


@dataclass(frozen=True, order=True)
class Completed:
    """When it was completed: the as-of date, and the source's words if these give no date."""

    as_of: date
    words: str = ""


def completed(said: Iterable[Sequence[ProgressUpdate]]) -> Completed | None:
    """From the published updates of each nation in scope that no published one corrects.

    In each the first “Completed” after which nothing else is said; the last of these for the whole.
    """
    firsts = []
    for updates in said:
        first = None
        for update in sorted(updates, key=lambda one: (one.day, one.recorded_at, one.pk)):
            if update.level != Level.COMPLETED:
                first = None
            elif first is None:
                first = Completed(update.day, update.as_of_as_published)
        if first is None:
            return None
        firsts.append(first)
    return max(firsts, default=None)


def punctuality(
    *,
    timings: frozenset[Timing],
    done: Completed | None,
    due_on: date | None,
    plan: PlanState,
    on: date,
    is_amended: bool = False,
) -> Punctuality:
    """The rule; `_punctuality` is the same in SQL."""
    if is_amended:
        return Punctuality.AMENDED
    if done is not None:
        if due_on is None:
            return Punctuality.NO_DUE_DATE
        if done.as_of <= due_on:
            return Punctuality.ON_TIME
        return Punctuality.NO_EXACT_DATE if done.words else Punctuality.LATE
    if Timing.OVERDUE in timings:
        return Punctuality.OVERDUE
    if Timing.NOT_COMPLETED_AT_END in timings:
        return Punctuality.UNFINISHED
    is_open = plan in {PlanState.CURRENT, PlanState.COMING}
    if is_open and due_on is not None and due_on >= on:
        return Punctuality.NOT_DUE
    return Punctuality.UNKNOWN


@dataclass(frozen=True)
class PunctualRows:
    kind: Punctuality
    total: int
    rows: "list[Milestone]"


@dataclass(frozen=True)
class OnTime:
    total: int
    listed: list[PunctualRows]
    """Those with dates to show, each with its first rows; empty ones are left out."""
    others: list[tuple[Punctuality, int]]


def on_time(milestones: "MilestoneQuerySet", on: date) -> OnTime:
    """Counts of all, and the first rows; at most four queries and those of the names."""
    rows: Any = with_punctuality(milestones, on)
    counted = dict(
        rows.order_by().values_list("punctuality").annotate(number=Count("pk", distinct=True))
    )
    return OnTime(
        total=sum(counted.values()),
        listed=[
            PunctualRows(kind, counted[kind], list(_with_reason(rows, kind, on)[:FIRST_ROWS]))
            for kind in LISTED
            if kind in counted
        ],
        others=[(kind, counted[kind]) for kind in Punctuality if kind in {*counted} - {*LISTED}],
    )


def with_punctuality(milestones: "MilestoneQuerySet", on: date) -> "QuerySet[Milestone]":
    """With `completed_on`, `completed_words` if the source gives no date, and `punctuality`."""
    cells = (
        NationProgress.objects.in_scope()
        .filter(milestone=OuterRef("pk"), applies=True)
        .annotate(
            done=Subquery(_completing().values("as_of")[:1]),
            words=Subquery(_completing().values("as_of_as_published")[:1]),
        )
        .order_by(F("done").desc(), F("words").desc())
    )
    done = Subquery(cells.values("done")[:1])
    words = Subquery(cells.values("words")[:1])
    return milestones.annotate(
        completed_on=Case(When(is_completed=True, then=done)),
        completed_words=Case(When(is_completed=True, then=words)),
        punctuality=_punctuality(on),
    )


def _completing() -> QuerySet[ProgressUpdate]:
    """Updates that say “Completed” of the outer row, after all that say otherwise; first first."""
    here = ProgressUpdate.objects.published().standing().order_by()
    takes_back = here.filter(
        Q(as_of__gt=OuterRef("as_of"))
        | Q(as_of=OuterRef("as_of"), recorded_at__gt=OuterRef("recorded_at"))
        | Q(as_of=OuterRef("as_of"), recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk")),
        milestone=OuterRef("milestone"),
        nations=OuterRef(OuterRef("nation")),
    ).exclude(level=Level.COMPLETED)
    said = here.filter(
        ~Exists(takes_back),
        milestone=OuterRef("milestone"),
        nations=OuterRef("nation"),
        level=Level.COMPLETED,
    )
    return said.order_by("as_of", "recorded_at", "pk")


def _punctuality(on: date) -> Case:
    kinds = {
        Punctuality.AMENDED: ~goes_on(),
        Punctuality.NO_DUE_DATE: Q(is_completed=True, due_on=None),
        Punctuality.ON_TIME: Q(is_completed=True, completed_on__lte=F("due_on")),
        Punctuality.LATE: Q(is_completed=True, completed_words=""),
        Punctuality.NO_EXACT_DATE: Q(is_completed=True),
        Punctuality.OVERDUE: timing_is(Timing.OVERDUE, on),
        Punctuality.UNFINISHED: timing_is(Timing.NOT_COMPLETED_AT_END, on),
        Punctuality.NOT_DUE: Q(due_on__gte=on)
        & (PlanState.CURRENT.condition(on, PLAN) | PlanState.COMING.condition(on, PLAN)),
    }
    return Case(
        *(When(condition, then=Value(kind.value)) for kind, condition in kinds.items()),
        default=Value(Punctuality.UNKNOWN.value),
        output_field=CharField(),
    )


def _with_reason(rows: Any, kind: Punctuality, on: date) -> "QuerySet[Milestone]":
    """With `late_by`, and the `reason`: the latest obstacle or why the due date last moved."""
    said = ProgressUpdate.objects.published().standing().filter(milestone=OuterRef("pk"))
    obstacles = said.exclude(obstacles="").order_by("-published_at", "-pk")
    moves = moves_of_due_date().exclude(reason="").reverse()
    is_obstacle_later = Q(moved_at=None) | Q(obstacle_at__gte=F("moved_at"))
    end = Value(on) if kind == Punctuality.OVERDUE else F("completed_on")
    return (
        rows.filter(punctuality=kind)
        .annotate(
            late_by=ExpressionWrapper(end - F("due_on"), output_field=DurationField()),
            obstacle_at=Subquery(obstacles.values("published_at")[:1]),
            moved_at=Subquery(moves.values("published_at")[:1]),
            reason=Case(
                When(is_obstacle_later, then=Subquery(obstacles.values("obstacles")[:1])),
                default=Subquery(moves.values("reason")[:1]),
            ),
        )
        .select_related("commitment")
        .order_by("due_on", "commitment__slug", "order", "number")
    )
