"""Very many milestones, counted by their parts: one text per commitment, and no row per milestone.

Of each milestone the text has a mark: the number of its part and the codes of the nations in which
it is settled. There are few different marks, so that Python counts a hundred thousand of them in
less time than a database needs to hand over a hundred thousand rows.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Aggregate, Case, CharField, TextField, Value, When
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


def marks_of(commitments: Collection[int], on: date) -> dict[int, str]:
    """Return the marks of the milestones of each commitment on the day `on`. One query."""
    are_many = len(commitments) >= MANY
    parts = (
        When(of_part(part, on, of_many=are_many), then=Value(str(place)))
        for place, part in enumerate(OF_MILESTONES)
    )
    mark = Concat(Case(*parts, default=Value(str(NO_PART))), "settled_in", output_field=CharField())
    rows = Milestone.objects.filter(Among("commitment", Keys(commitments))).order_by()
    return dict(plain(rows.values_list("commitment").annotate(marks=Joined(mark))))


def left_of(marks: Mapping[int, str], share: Answered) -> Numbers:
    """Count the marked milestones that are not settled in all nations of a share of them."""
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for commitment, nations in share.items():
        if commitment in marks:
            alike[nations].append(marks[commitment])
    numbers = [0] * (NO_PART + 1)
    for nations, texts in alike.items():
        for mark, number in Counter(SEPARATOR.join(texts).split(SEPARATOR)).items():
            if not nations <= _settled(mark[1:]):
                numbers[int(mark[0])] += number
    return numbers


_settled = cache(codes_in)
