"""Very many milestones, counted by their parts: one text per commitment, and no row per milestone.

Of each milestone the text has one letter, which stands for its part and for the nations in which it
is settled. There are few different letters, so that Python counts a hundred thousand of them in
less time than a database needs to hand over a hundred thousand rows.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Expression,
    IntegerField,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Chr

from commitments.models import Nation
from milestones.models import Milestone
from milestones.settled import codes_in, texts_with

from .keys import Among, Keys, plain
from .parts import OF_MILESTONES
from .scope import Answered
from .when import of_part

NO_PART = len(OF_MILESTONES)
FIRST_LETTER = ord("!")
"""The first sign that can be seen. With four nations all letters are signs of ASCII."""

Numbers = list[int]
"""How many milestones are left to do, per part in their order, and at last in no part yet."""


class Joined(Aggregate):
    """All texts of a group as one text, with a separator between them."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, '%(separator)s')"
    output_field = TextField()

    def __init__(self, text: Expression, separator: str = "") -> None:
        """Take the text of each row."""
        super().__init__(text, separator=separator)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Call it by its name in SQLite."""
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


class Marks:
    """The letters of the milestones of each commitment on the day `on`. Two queries."""

    def __init__(self, commitments: Collection[int], on: date) -> None:
        """Ask for them."""
        codes = Nation.objects.order_by().values_list("code", flat=True)
        self.settled = list(texts_with((), codes))
        """What milestones can say of where they are settled; all nations come last."""
        self.texts: dict[int, str] = dict(plain(self._joined_letters(commitments, on)))
        self.meanings: dict[frozenset[str], dict[int, str | None]] = {}

    def left_in(self, share: Answered) -> Numbers:
        """Count the milestones that are not settled in all nations of a share of them."""
        alike: dict[frozenset[str], list[str]] = defaultdict(list)
        for commitment, nations in share.items():
            if text := self.texts.get(commitment):
                alike[nations].append(text)
        numbers = [0] * (NO_PART + 1)
        for nations, texts in alike.items():
            parts = "".join(texts).translate(self._parts_for(nations))
            for place in range(NO_PART + 1):
                numbers[place] += parts.count(str(place))
        return numbers

    def _parts_for(self, nations: frozenset[str]) -> dict[int, str | None]:
        """Return per letter the place of its part, None if nothing is left to do in the nations."""
        if nations not in self.meanings:
            self.meanings[nations] = {
                self._letter(place, number): None if nations <= codes_in(text) else str(place)
                for place in range(NO_PART + 1)
                for number, text in enumerate(self.settled)
            }
        return self.meanings[nations]

    def _letter(self, place: int, number: int) -> int:
        return FIRST_LETTER + place * len(self.settled) + number

    def _joined_letters(self, commitments: Collection[int], on: date) -> "QuerySet[Milestone, Any]":
        parts = (
            When(of_part(part, on), then=Value(self._letter(place, 0)))
            for place, part in enumerate(OF_MILESTONES)
        )
        texts = (When(settled_in=text, then=number) for number, text in enumerate(self.settled))
        letter = Chr(
            Case(*parts, default=Value(self._letter(NO_PART, 0)))
            + Case(*texts, default=Value(0), output_field=IntegerField())
        )
        rows = Milestone.objects.filter(Among("commitment", Keys(commitments))).exclude(
            settled_in=self.settled[-1]
        )
        return rows.order_by().values_list("commitment").annotate(letters=Joined(letter))
