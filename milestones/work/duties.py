"""The milestones that somebody answers for, as the clock sees them on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property, reduce
from operator import or_

from django.db.models import Case, F, Q, QuerySet, Value, When

from commitments.models import Nation
from milestones.models import Milestone
from milestones.settled import texts_with

from .keys import Among, Keys
from .parts import OF_MILESTONES, Part
from .scope import Answered
from .tally import counts_of_parts
from .when import days_of, of_part, quiet

MANY = 200
"""From so many commitments on, milestones are counted and not gone through."""

ORDER = (F("due_on").asc(nulls_last=True), "commitment__slug", "number")


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
        rows = self._unfinished().filter(of_part(part, self.on))
        return rows.order_by(*ORDER)

    def counts(self) -> dict[Part, int]:
        """Count the milestones of each part. Two queries at most."""
        if not self.are_many:
            return {part: len(keys) for part, keys in self._gone_through.items()}
        numbers = self._unfinished().aggregate(**counts_of_parts(self.on))
        return {part: numbers[part.name] for part in OF_MILESTONES}

    def first(self, parts: Iterable[Part], shown: int) -> dict[Part, list[Milestone]]:
        """Return the first so many milestones of parts, with what a line shows of them."""
        if self.are_many:
            keys = {part: self._along_due_days(part, shown) for part in parts}
        else:
            keys = {part: self._gone_through[part][:shown] for part in parts}
        wanted = {key for some in keys.values() for key in some}
        rows = for_lines(Milestone.objects.filter(pk__in=wanted)).in_bulk()
        return {part: [rows[key] for key in some] for part, some in keys.items()}

    def nations_in(self, commitment: int) -> frozenset[str]:
        """Return the codes of the nations whose parts of the commitment are answered for."""
        return self.answered.get(commitment, frozenset())

    @cached_property
    def _gone_through(self) -> dict[Part, list[int]]:
        """Return the keys of the milestones of each part, in the order of its list."""
        places = (
            When(of_part(part, self.on), then=Value(place))
            for place, part in enumerate(OF_MILESTONES)
        )
        rows = self._unfinished().annotate(place=Case(*places)).filter(place__isnull=False)
        found: dict[Part, list[int]] = {part: [] for part in OF_MILESTONES}
        for key, place in rows.order_by(*ORDER).values_list("pk", "place"):
            found[OF_MILESTONES[place]].append(key)
        return found

    def _along_due_days(self, part: Part, shown: int) -> list[int]:
        """Return the first keys of a part: the milestones as they fall due, until it is enough."""
        found: list[int] = []
        rows = self._unfinished(by_commitment=False).order_by(*ORDER).values_list("pk", flat=True)
        for days in days_of(part, self.on):
            if missing := shown - len(found):
                found += rows.filter(days & quiet(part, self.on))[:missing]
        return found

    def _unfinished(self, *, by_commitment: bool = True) -> QuerySet[Milestone]:
        """Return the milestones with something left to do.

        `by_commitment`: the database is to find them by their commitments.
        """
        few = len(self._alike) == 1
        conditions = [
            Q(Among("commitment", keys, by_index=by_commitment and few))
            & ~Q(settled_in__in=settled)
            for keys, settled in self._alike
        ]
        rows = Milestone.objects.filter(reduce(or_, conditions, Q(pk__in=())))
        if by_commitment and not few:
            return rows.filter(Among("commitment", Keys(self.answered)))
        return rows

    @cached_property
    def _alike(self) -> list[tuple[Keys, list[str]]]:
        """Return the commitments by the nations in which they are answered for.

        With each the texts of milestones that have nothing left to do there.
        """
        by_nations: dict[frozenset[str], list[int]] = defaultdict(list)
        for commitment, nations in self.answered.items():
            by_nations[nations].append(commitment)
        codes = list(Nation.objects.order_by().values_list("code", flat=True)) if by_nations else []
        return [(Keys(keys), list(texts_with(found, codes))) for found, keys in by_nations.items()]


def for_lines(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Return the milestones with what a line shows of them."""
    shown = ("number", "text", "due_on", "commitment__slug", "commitment__title")
    return milestones.select_related("commitment").only(*shown)
