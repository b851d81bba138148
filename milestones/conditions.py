"""Conditions in SQL on a milestone and its parts, from which its queryset methods are made."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from commitments.models import Commitment, Nation
from commitments.models.amended import GOES_ON
from milestones.levels import NEEDS_EVIDENCE, Level, Overall
from milestones.models.amendment import Amendment
from milestones.models.evidence import Evidence
from milestones.models.nation_progress import NationProgress


def parts_without(what: Q) -> QuerySet[Any]:
    """Nations in scope where the outer milestone applies and is not `what`, or has no row."""
    settled = NationProgress.objects.filter(
        what | Q(applies=False), milestone=OuterRef(OuterRef("pk")), nation=OuterRef("nation")
    )
    return Commitment.nations.through._default_manager.filter(
        ~Exists(settled), commitment=OuterRef("commitment")
    )


SHORT = [level for level in Level if level != Level.COMPLETED]
"""The levels of what is known not to be completed."""


def is_short(nation: Nation | None = None) -> Exists:
    """Whether some nation in scope, or this one, is known not to have completed the milestone."""
    short = NationProgress.objects.in_scope().filter(milestone=OuterRef("pk"), level__in=SHORT)
    return Exists(short.filter(nation=nation) if nation else short)


def awaited_before(day: date) -> Q:
    """Whether the milestone was public here, and its plan had begun, before the day."""
    return Q(commitment__published_on__lt=day) & ~Q(commitment__plan__start_date__gte=day)


def stands_at(part: str) -> Case:
    """`levels.stands_at` in SQL, of the row to which the alias `part` leads, if there is one."""
    return Case(
        When(**{f"{part}__level__gt": ""}, then=F(f"{part}__level")),
        When(**{f"{part}__words_as_published__gt": ""}, then=Value(Overall.LEVEL_NOT_GIVEN.value)),
        default=Value(Overall.NOT_REPORTED.value),
        output_field=CharField(),
    )


def first_due_date() -> Case:
    """The outer milestone's due date before it ever moved, NULL if it had none."""
    moves = moves_of_due_date()
    return Case(
        When(Exists(moves), then=Subquery(moves.values("due_from")[:1])), default=F("due_on")
    )


def moves_of_due_date() -> QuerySet[Amendment]:
    """The published moves of the outer milestone's due date, the first of them first."""
    return Amendment.objects.moves().filter(milestone=OuterRef("pk"))


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


def lacks_evidence(part: str) -> Q:
    """`levels.lacks_evidence` in SQL, of the update that the level of `part` comes from."""
    given = Evidence.objects.filter(update=OuterRef(f"{part}__update"))
    return Q(~Exists(given), **{f"{part}__level__in": sorted(NEEDS_EVIDENCE)})


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
