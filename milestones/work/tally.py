"""What is left to do at very many milestones, counted by the database and not gone through."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Count

from commitments.models import Nation
from commitments.models.amended import GOES_ON
from milestones.models import Milestone
from milestones.settled import codes_in, text_of

from .keys import Among, Keys, plain
from .parts import OF_MILESTONES
from .scope import Answered
from .when import of_part

Numbers = list[int]
"""How many milestones are left to do, per part in their order, and at last in all."""


def counts_of_parts(on: date) -> dict[str, Count]:
    return {part.name: Count("pk", filter=of_part(part, on)) for part in OF_MILESTONES}


class Tally:
    """The unfinished milestones of each commitment on the date `on`. Two queries.

    They are counted apart by the nations in which they are settled, so that one tally answers
    for every institution, whatever its nations.
    """

    def __init__(self, commitments: Collection[int], on: date) -> None:
        self.of_commitment: dict[int, list[tuple[frozenset[str], Numbers]]] = defaultdict(list)
        everywhere = text_of(Nation.objects.order_by().values_list("code", flat=True))
        rows = (
            Milestone.objects.filter(
                Among("commitment", Keys(commitments)), amendment_state=GOES_ON
            )
            .exclude(settled_in=everywhere)
            .order_by()
            .values_list("commitment", "settled_in")
            .annotate(**counts_of_parts(on), ALL=Count("pk"))
        )
        for commitment, settled_in, *numbers in plain(rows):
            self.of_commitment[commitment].append((codes_in(settled_in), numbers))

    def left_in(self, share: Answered) -> Numbers:
        """Count the milestones that are not settled in all nations of a share of them."""
        left = [
            numbers
            for commitment, nations in share.items()
            for settled, numbers in self.of_commitment.get(commitment, ())
            if not nations <= settled
        ]
        nothing = [0] * (len(OF_MILESTONES) + 1)
        return [sum(column) for column in zip(nothing, *left, strict=True)]
