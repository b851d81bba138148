"""Very many milestones, counted by their parts: one text per commitment, and no row per milestone.

Of each milestone the text has a mark: the number of its part and the codes of the nations in which
it is settled. There are few different marks, so that Python counts a hundred thousand of them in
less time than a database needs to hand over a hundred thousand rows.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Aggregate, Case, CharField, QuerySet, TextField, Value, When
from django.db.models.functions import Concat

from milestones.models import Milestone
from milestones.settled import codes_in

from .keys import Among, Keys, plain
from .parts import OF_MILESTONES
from .scope import Answered
from .when import MANY, of_part

NO_PART = len(OF_MILESTONES)
SEPARATOR = ","

Numbers = list[int]
"""How many milestones are left to do, per part in their order, and at last in no part yet."""


class Joined(Aggregate):
    """All texts of a group as one text."""

    function = "STRING_AGG"
    template = f"%(function)s(%(expressions)s, '{SEPARATOR}')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Call it by its name in SQLite."""
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


class Marks:
    """The marks of the milestones of each commitment on the day `on`. One query."""

    def __init__(self, commitments: Collection[int], on: date) -> None:
        """Ask for them, and write each different mark as one letter."""
        self.letters: dict[str, str] = {}
        letters = self.letters
        self.texts = {
            commitment: "".join(
                [
                    letters.get(mark) or letters.setdefault(mark, chr(len(letters) + 1))
                    for mark in text.split(SEPARATOR)
                ]
            )
            for commitment, text in plain(_joined_marks(commitments, on))
        }

    def left_in(self, share: Answered) -> Numbers:
        """Count the milestones that are not settled in all nations of a share of them."""
        alike: dict[frozenset[str], list[str]] = defaultdict(list)
        for commitment, nations in share.items():
            if text := self.texts.get(commitment):
                alike[nations].append(text)
        numbers = [0] * (NO_PART + 1)
        for nations, texts in alike.items():
            together = "".join(texts)
            for mark, letter in self.letters.items():
                # To count one letter after another is quicker than to count all in one pass.
                if not nations <= _settled(mark[1:]):
                    numbers[int(mark[0])] += together.count(letter)
        return numbers


def _joined_marks(commitments: Collection[int], on: date) -> "QuerySet[Milestone, Any]":
    are_many = len(commitments) >= MANY
    parts = (
        When(of_part(part, on, of_many=are_many), then=Value(str(place)))
        for place, part in enumerate(OF_MILESTONES)
    )
    mark = Concat(Case(*parts, default=Value(str(NO_PART))), "settled_in", output_field=CharField())
    rows = Milestone.objects.filter(Among("commitment", Keys(commitments))).order_by()
    return rows.values_list("commitment").annotate(marks=Joined(mark))


_settled = cache(codes_in)
