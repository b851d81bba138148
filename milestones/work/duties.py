"""The milestones that somebody answers for, as the clock sees them on a day."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from commitments.models import Nation
from milestones.conditions import midnight
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.models import Milestone, NationProgress, ProgressUpdate

from .keys import Among, Keys
from .parts import DUE_SOON_DAYS, OF_MILESTONES, Part
from .scope import Answered

MANY = 200
"""From so many commitments on, one pass over all that is settled beats a look at each milestone."""


class Duties:
    """The unfinished milestones that somebody answers for as they stand on the day `on`.

    A milestone that is overdue or due soon does not stand among the silent ones as well.
    """

    def __init__(self, answered: Answered, on: date) -> None:
        self.on = on
        self.answered = {key: nations for key, nations in answered.items() if nations}
        self.are_many = len(self.answered) >= MANY

    def milestones(self, part: Part) -> QuerySet[Milestone]:
        """Return the milestones of a part, those due first at the top."""
        if self.are_many:
            rows = self._all.filter(~self._finished(), of_part(part, self.on, of_many=True))
            return in_order(rows)
        return in_order(self._unfinished.filter(of_part(part, self.on)))

    def first(self, part: Part, number: int) -> list[Milestone]:
        """Return the first so many milestones of a part, with what a line shows of them.

        Of many commitments the milestones are looked at in the order of their due days, until
        there are enough.
        """
        if not self.are_many:
            return list(for_lines(self.milestones(part))[:number])
        found: list[Milestone] = []
        for days in days_of(part, self.on):
            rows = in_order(self._unfinished.filter(days & quiet(part, self.on)))
            if missing := number - len(found):
                found += for_lines(rows)[:missing]
        return found

    def counts(self) -> dict[Part, int]:
        """Count the milestones of each part. One query, or six if they are of many commitments."""
        if not self.answered:
            return dict.fromkeys(OF_MILESTONES, 0)
        return self._counts_of_many() if self.are_many else self._count(self._unfinished)

    def nations_in(self, commitment: int) -> frozenset[int]:
        """Return the nations whose parts of the commitment are answered for."""
        return self.answered.get(commitment, frozenset())

    def _count(self, rows: QuerySet[Milestone], *, of_many: bool = False) -> dict[Part, int]:
        counts = {
            part.name: Count("pk", filter=of_part(part, self.on, of_many=of_many))
            for part in OF_MILESTONES
        }
        return {Part[name]: number for name, number in rows.aggregate(**counts).items()}

    def _counts_of_many(self) -> dict[Part, int]:
        """Count the milestones of each part in one pass over all that is settled.

        PostgreSQL is quickest with everything at once. SQLite is with a stretch of an index for
        each part, from which the finished ones are taken away.
        """
        if connection.vendor == "postgresql":
            return self._count(self._all.filter(~self._finished()), of_many=True)
        finished = self._count(Milestone.objects.filter(self._finished()))
        return {
            part: sum(
                self._all.filter(days & quiet(part, self.on)).count()
                for days in days_of(part, self.on)
            )
            - finished[part]
            for part in OF_MILESTONES
        }

    @cached_property
    def _all(self) -> QuerySet[Milestone]:
        return Milestone.objects.filter(Among("commitment", Keys(self.answered))).order_by()

    @cached_property
    def _unfinished(self) -> QuerySet[Milestone]:
        """Return the milestones with something left to do: a look at each of them."""
        left = self._either(lambda nations: LessThan(settled_in(nations), len(nations)))
        rows = Milestone.objects.all() if self.are_many else self._all
        return rows.filter(left).order_by()

    def _finished(self) -> Q:
        """Return the condition that nothing is left to do: one pass over all that is settled."""
        return self._either(lambda nations: Q(pk__in=finished_in(nations)))

    def _either(self, condition: Callable[[frozenset[int]], Any]) -> Q:
        """Return a condition on the nations that are answered for, whichever these are.

        Of many commitments it is asked of milestones that are found by something else.
        """
        conditions = (
            Q(Among("commitment", keys, by_index=not self.are_many)) & Q(condition(nations))
            for nations, keys in self._keys
        )
        return reduce(or_, conditions, Q(pk__in=()))

    @cached_property
    def _keys(self) -> list[tuple[frozenset[int], Keys]]:
        """Return the commitments by the nations that are answered for there."""
        alike: dict[frozenset[int], list[int]] = defaultdict(list)
        for commitment, nations in self.answered.items():
            alike[nations].append(commitment)
        return [(nations, Keys(keys)) for nations, keys in alike.items()]


def for_lines(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Return the milestones with what a line shows of them."""
    shown = ("number", "text", "due_on", "commitment__slug", "commitment__title")
    return milestones.select_related("commitment").only(*shown)


def in_order(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Return the milestones in the order of a list."""
    return milestones.order_by(F("due_on").asc(nulls_last=True), "commitment__slug", "number")


def settled_in(nations: frozenset[int]) -> Coalesce:
    """Return in how many of the nations nothing is left to do at the outer milestone."""
    rows = among_nations(NationProgress.objects.settled(), nations)
    mine = rows.filter(milestone=OuterRef("pk")).order_by().values("milestone")
    return Coalesce(Subquery(mine.annotate(number=Count("*")).values("number")), 0)


def finished_in(nations: frozenset[int]) -> QuerySet[Any]:
    """Return the keys of the milestones with nothing left to do in any of the nations."""
    rows: QuerySet[NationProgress] = NationProgress.objects.settled()
    if Nation.objects.exclude(pk__in=nations).exists():
        rows = among_nations(rows, nations)
    numbers = rows.order_by().values("milestone").annotate(number=Count("*"))
    return numbers.filter(number=len(nations)).values("milestone")


def among_nations(
    rows: QuerySet[NationProgress], nations: frozenset[int]
) -> QuerySet[NationProgress]:
    """Return those of the rows in these nations, to be read from milestone to milestone."""
    return rows.alias(here=F("nation") + 0).filter(here__in=sorted(nations))


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
