"""The milestones that an account answers for, on a date."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property, reduce
from operator import or_

from django.db.models import Case, F, Q, QuerySet, Value, When

from commitments.models import Nation
from commitments.models.amended import GOES_ON
from milestones.models import Milestone
from milestones.settled import texts_with

from .keys import Among, Keys
from .parts import OF_MILESTONES, WorkList, days_of, not_updated, of_part
from .scope import Answered, Scope
from .tally import counts_of_parts

MANY = 200
"""From so many commitments on, milestones are counted and not gone through."""

ORDER = (F("due_on").asc(nulls_last=True), "commitment__slug", "order", "number")


class Duties:
    """What is unfinished on a date; what is overdue or due soon is not among the stale as well."""

    def __init__(self, scope: Scope, on: date) -> None:
        self.on = on
        self.answered = {key: nations for key, nations in scope.commitments.items() if nations}
        self.led = scope.milestones
        self.are_many = len(self.answered) >= MANY

    def milestones(self, part: WorkList) -> QuerySet[Milestone]:
        return self._unfinished().filter(of_part(part, self.on)).order_by(*ORDER)

    def counts(self) -> dict[WorkList, int]:
        if not self.are_many:
            return {part: len(keys) for part, keys in self._gone_through.items()}
        numbers = self._unfinished().aggregate(**counts_of_parts(self.on))
        return {part: numbers[part.name] for part in OF_MILESTONES}

    def first(self, parts: Iterable[WorkList], shown: int) -> dict[WorkList, list[Milestone]]:
        if self.are_many:
            keys = {part: self._along_due_dates(part, shown) for part in parts}
        else:
            keys = {part: self._gone_through[part][:shown] for part in parts}
        wanted = {key for some in keys.values() for key in some}
        rows = for_lines(Milestone.objects.filter(pk__in=wanted)).in_bulk()
        return {part: [rows[key] for key in some] for part, some in keys.items()}

    def nations_in(self, milestone: Milestone) -> frozenset[str]:
        nations = self.answered.get(milestone.commitment_id, frozenset())
        return nations | self.led.get(milestone.pk, frozenset())

    @cached_property
    def _gone_through(self) -> dict[WorkList, list[int]]:
        places = (
            When(of_part(part, self.on), then=Value(place))
            for place, part in enumerate(OF_MILESTONES)
        )
        rows = self._unfinished().annotate(place=Case(*places)).filter(place__isnull=False)
        found: dict[WorkList, list[int]] = {part: [] for part in OF_MILESTONES}
        for key, place in rows.order_by(*ORDER).values_list("pk", "place"):
            found[OF_MILESTONES[place]].append(key)
        return found

    def _along_due_dates(self, part: WorkList, shown: int) -> list[int]:
        """The first keys of a list: the milestones as they fall due, until it is enough."""
        found: list[int] = []
        rows = self._unfinished(by_commitment=False).order_by(*ORDER).values_list("pk", flat=True)
        for days in days_of(part, self.on):
            if missing := shown - len(found):
                found += rows.filter(days & not_updated(part, self.on))[:missing]
        return found

    def _unfinished(self, *, by_commitment: bool = True) -> QuerySet[Milestone]:
        """`by_commitment`: the database is to find them by their commitments."""
        few = len(self._alike) == 1
        conditions = [
            Q(Among("commitment", keys, by_index=by_commitment and few))
            & ~Q(settled_in__in=settled)
            for keys, settled in self._alike
        ]
        led = [
            Q(Among("pk", keys)) & ~Q(settled_in__in=settled) for keys, settled in alike(self.led)
        ]
        going_on = Milestone.objects.filter(amendment_state=GOES_ON)
        rows = going_on.filter(reduce(or_, [*conditions, *led], Q(pk__in=())))
        if by_commitment and not few and not led:
            return rows.filter(Among("commitment", Keys(self.answered)))
        return rows

    @cached_property
    def _alike(self) -> list[tuple[Keys, list[str]]]:
        return alike(self.answered)


def alike(answered: Answered) -> list[tuple[Keys, list[str]]]:
    """Keys by the nations answered for, with the texts of milestones settled there."""
    by_nations: dict[frozenset[str], list[int]] = defaultdict(list)
    for key, nations in answered.items():
        by_nations[nations].append(key)
    codes = list(Nation.objects.order_by().values_list("code", flat=True)) if by_nations else []
    return [(Keys(keys), list(texts_with(found, codes))) for found, keys in by_nations.items()]


def for_lines(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    shown = ("number", "label", "text", "due_on", "commitment__ogp_id", "commitment__slug")
    return milestones.select_related("commitment").only(*shown, "commitment__title")
