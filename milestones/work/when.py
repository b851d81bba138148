"""In which part a milestone with something left to do stands on a day."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from milestones.conditions import midnight
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.models import ProgressUpdate

from .parts import DUE_SOON_DAYS, Part

MANY = 200
"""From so many commitments on, milestones are counted and not gone through."""


def days_of(part: Part, on: date) -> tuple[Q, ...]:
    """Return the due days of a part on the day `on`, as conditions in the order of a list."""
    soon = on + timedelta(days=DUE_SOON_DAYS)
    if part == Part.OVERDUE:
        return (Q(due_on__lt=on),)
    if part == Part.DUE:
        return (Q(due_on__gte=on, due_on__lte=soon),)
    return Q(due_on__gt=soon), Q(due_on__isnull=True)


def of_part(part: Part, on: date, *, of_many: bool = False) -> Q:
    """Return the condition that an unfinished milestone stands in a part on the day `on`.

    `of_many`: it will be asked of very many milestones.
    """
    return reduce(or_, days_of(part, on)) & quiet(part, on, of_many=of_many)


def quiet(part: Part, on: date, *, of_many: bool = False) -> Q:
    """Return what a part asks of the reports: the silent milestones have none of six months."""
    if part != Part.SILENT:
        return Q()
    recent = recent_updates(on)
    # Many times a look into an index is quicker in SQLite, one list of all in PostgreSQL.
    if of_many and connection.vendor == "postgresql":
        return ~Q(pk__in=recent.order_by().values("milestone"))
    return ~Q(Exists(recent.filter(milestone=OuterRef("pk"))))


def recent_updates(on: date) -> QuerySet[ProgressUpdate]:
    """Return the reports that were published in the six months up to the day `on`."""
    return ProgressUpdate.objects.published().filter(
        published_at__gte=midnight(months_before(on, STALE_AFTER_MONTHS)),
        published_at__lt=midnight(on + timedelta(days=1)),
    )
