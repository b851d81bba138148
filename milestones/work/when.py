"""In which list a milestone with something left to do is on a date."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from milestones.days import STALE_AFTER_MONTHS, months_before

from .parts import DUE_SOON_DAYS, WorkList


def days_of(part: WorkList, on: date) -> tuple[Q, ...]:
    """The due dates of a list on the date `on`, as conditions in the order of the list."""
    soon = on + timedelta(days=DUE_SOON_DAYS)
    if part == WorkList.OVERDUE:
        return (Q(due_on__lt=on),)
    if part == WorkList.DUE:
        return (Q(due_on__gte=on, due_on__lte=soon),)
    return Q(due_on__gt=soon), Q(due_on__isnull=True)


def of_part(part: WorkList, on: date) -> Q:
    """An unfinished milestone is in the list on the date `on`."""
    return reduce(or_, days_of(part, on)) & not_updated(part, on)


def not_updated(part: WorkList, on: date) -> Q:
    """What a list asks of the updates: those on the stale one have none of six months."""
    if part != WorkList.STALE:
        return Q()
    since = months_before(on, STALE_AFTER_MONTHS)
    return Q(last_reported_on__lt=since) | Q(last_reported_on__isnull=True)
