"""In which part a milestone with something left to do stands on a day."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from milestones.days import STALE_AFTER_MONTHS, months_before

from .parts import DUE_SOON_DAYS, Part


def days_of(part: Part, on: date) -> tuple[Q, ...]:
    """Return the due days of a part on the day `on`, as conditions in the order of a list."""
    soon = on + timedelta(days=DUE_SOON_DAYS)
    if part == Part.OVERDUE:
        return (Q(due_on__lt=on),)
    if part == Part.DUE:
        return (Q(due_on__gte=on, due_on__lte=soon),)
    return Q(due_on__gt=soon), Q(due_on__isnull=True)


def of_part(part: Part, on: date) -> Q:
    """Return the condition that an unfinished milestone stands in a part on the day `on`."""
    return reduce(or_, days_of(part, on)) & quiet(part, on)


def quiet(part: Part, on: date) -> Q:
    """Return what a part asks of the reports: the silent milestones have none of six months."""
    if part != Part.SILENT:
        return Q()
    since = months_before(on, STALE_AFTER_MONTHS)
    return Q(last_reported_on__lt=since) | Q(last_reported_on__isnull=True)
