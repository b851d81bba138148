"""What is left to do at very many milestones, counted by the database and not gone through."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import Count

from commitments.models import Nation
from commitments.models.amended import GOES_ON
from milestones.models import Milestone
from milestones.settled import codes_in, text_of

from .keys import Among, Keys, plain
from .parts import OF_MILESTONES, of_part
from .scope import Answered

NOBODY = -1
"""In the place of the key of an institution, where a milestone has no lead of its own."""

Numbers = list[int]
"""How many milestones are left to do, per part in their order, and at last in all."""


def counts_of_parts(on: date) -> dict[str, Count]:
    return {part.name: Count("pk", filter=of_part(part, on)) for part in OF_MILESTONES}


class Tally:
    """The unfinished milestones of each commitment on the date `on`. Two queries.

    They are counted apart by the nations in which they are settled, so that one tally answers
    for every institution, whatever its nations.
    """

    def __init__(self, scope: Answered, on: date, heirs: Mapping[int, int]) -> None:
        """`heirs`: who carries on the work of each institution that can lead a milestone."""
        self.scope = scope
        self.of_commitment: dict[int, list[tuple[int, frozenset[str], Numbers]]] = defaultdict(list)
        self.led: dict[int, set[int]] = defaultdict(set)
        """By institution, the commitments of the milestones that it leads itself."""
        everywhere = text_of(Nation.objects.order_by().values_list("code", flat=True))
        rows = (
            Milestone.objects.filter(Among("commitment", Keys(scope)), amendment_state=GOES_ON)
            .exclude(settled_in=everywhere)
            .order_by()
            .values_list("commitment", "lead", "settled_in")
            .annotate(**counts_of_parts(on), ALL=Count("pk"))
        )
        for commitment, lead, settled_in, *numbers in plain(rows):
            heir = heirs.get(lead, NOBODY)
            self.of_commitment[commitment].append((heir, codes_in(settled_in), numbers))
            self.led[heir].add(commitment)

    def left_in(self, share: Answered, institution: int) -> Numbers:
        """Count the milestones that are not settled in all nations of an institution's share."""
        left = [
            numbers
            for commitment in share.keys() | self.led.get(institution, set())
            for heir, settled, numbers in self.of_commitment.get(commitment, ())
            if not (self.scope if heir == institution else share).get(commitment, set()) <= settled
        ]
        nothing = [0] * (len(OF_MILESTONES) + 1)
        return [sum(column) for column in zip(nothing, *left, strict=True)]
