"""Conditions in SQL on a milestone and its parts, from which its queryset methods are made."""

from datetime import date, datetime, time
from functools import reduce
from operator import or_

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from commitments.models import Nation
from commitments.models.amended import GOES_ON
from commitments.models.plan import PlanState
from milestones import known
from milestones.days import STALE_AFTER_MONTHS, Timing, months_before
from milestones.levels import NEEDS_EVIDENCE
from milestones.models.amendment import Amendment
from milestones.models.evidence import Evidence
from milestones.models.nation_progress import NationProgress

PLAN = "commitment__plan"


def is_known(letter: str, nation: Nation | None = None) -> Q:
    """Whether this letter of `milestones.known` is said of some nation in scope, or of this one."""
    return Q(known_in__contains=f"{f' {nation.code}' if nation else ''}:{letter}")


def applies_in(nation: Nation) -> Q:
    return is_known("", nation)


def is_unfinished(nation: Nation | None = None) -> Q:
    """Not completed where it applies, or in this nation."""
    if nation:
        return applies_in(nation) & ~is_known(known.COMPLETED, nation)
    return Q(known_in__gt="", is_completed=False)


def timing_is(timing: Timing, on: date, nation: Nation | None = None) -> Q:
    """`days.timings` in SQL: what is said on a date of a milestone, or of it in one nation."""
    rows = goes_on() & is_unfinished(nation)
    if timing in {Timing.OVERDUE, Timing.PAST_DUE, Timing.STALE}:
        rows &= PlanState.CURRENT.condition(on, PLAN)
        if timing == Timing.STALE:
            return rows & is_unheard(on)
        short = is_known(known.SHORT, nation)
        return rows & Q(due_on__lt=on) & (short if timing == Timing.OVERDUE else ~short)
    rows &= PlanState.CLOSED.condition(on, PLAN)
    unfinished = _is_unfinished_after_its_plan(nation)
    if timing == Timing.NOT_COMPLETED_AT_END:
        return rows & unfinished
    behind = reduce(or_, (is_known(letter, nation) for letter in known.BEHIND))
    return rows & ~unfinished & (behind if timing == Timing.BEHIND_AT_END else ~behind)


def awaited_before(day: date) -> Q:
    """Whether the milestone was public here, and its plan had begun, before the day."""
    return Q(commitment__published_on__lt=day) & ~Q(commitment__plan__start_date__gte=day)


def is_unheard(on: date) -> Q:
    """`days.is_unheard` in SQL, whatever its plan is on that date."""
    since = months_before(on, STALE_AFTER_MONTHS)
    return awaited_before(since) & (Q(last_reported_on=None) | Q(last_reported_on__lt=since))


def _is_unfinished_after_its_plan(nation: Nation | None) -> Q:
    # Few rows give a schedule and no level: they are found once, not for each milestone.
    after = Q(as_of__gt=F("commitment__plan__end_date"), milestone__isnull=False)
    going_on = NationProgress.objects.in_scope().filter(after, level="", schedule__gt="")
    here = going_on.filter(nation=nation) if nation else going_on
    return is_known(known.SHORT, nation) | Q(pk__in=here.values("milestone"))


def first_due_date() -> Case:
    """The outer milestone's due date before it ever moved, NULL if it had none."""
    moves = moves_of_due_date()
    return Case(
        When(Exists(moves), then=Subquery(moves.values("due_from")[:1])), default=F("due_on")
    )


def moves_of_due_date() -> QuerySet[Amendment]:
    """The published moves of the outer milestone's due date, the first of them first."""
    return Amendment.objects.moves().filter(milestone=OuterRef("pk"))


def is_moved() -> Q:
    return Q(pk__in=Amendment.objects.moves().order_by().values("milestone"))


def goes_on() -> Q:
    """Neither the milestone nor its commitment is withdrawn, on hold or merged."""
    return Q(amendment_state=GOES_ON, commitment__amendment_state=GOES_ON)


def amended_or(level: Combinable) -> Case:
    """`Milestone.state` in SQL, or `level` where the milestone goes on."""
    return Case(
        When(amendment_state__gt=GOES_ON, then=F("amendment_state")),
        When(commitment__amendment_state__gt=GOES_ON, then=F("commitment__amendment_state")),
        default=level,
        output_field=CharField(),
    )


def lacks_evidence(part: str = "") -> Q:
    """`levels.lacks_evidence` in SQL, of the update that the level of `part` comes from.

    `part` ends with "__"; without it the row itself is one.
    """
    given = Evidence.objects.filter(update=OuterRef(f"{part}update"))
    return Q(~Exists(given), **{f"{part}level__in": sorted(NEEDS_EVIDENCE)})


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
