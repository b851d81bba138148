"""What happens to a milestone itself: it gets a number, or a draft of it goes."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from commitments.models import Commitment
from commitments.rights import rights_of
from milestones.models import Milestone, UpdateStep
from milestones.progress_rules import UpdateRefused

from .locking import lock_milestone
from .progress import chunks


class MilestoneNumbers:
    """The numbers and places that new milestones get; a commitment is looked at once.

    It stays locked until the transaction ends. No number is given twice: those of deleted
    milestones are in their versions.
    """

    def __init__(self) -> None:
        self.last: dict[int, tuple[int, int]] = {}
        """By commitment the highest number ever, and the last place now."""

    def load(self, commitments: Collection[int]) -> None:
        """Look at several commitments, in four queries for each 500."""
        for keys in chunks(sorted(commitments)):
            locked = Commitment.objects.filter(pk__in=keys).order_by("pk")
            list(locked.select_for_update(of=("self",)).values_list("pk"))
            places = _most(Milestone.objects, "order", keys)
            numbers = _most(Milestone.objects, "number", keys)
            ever = _most(Milestone.history, "number", keys)
            for key in keys:
                number = max(numbers.get(key, 0), ever.get(key, 0))
                self.last[key] = (number, places.get(key, 0))

    def give(self, milestone: Milestone) -> None:
        """Fill what is empty."""
        if milestone.commitment_id not in self.last:
            self.load([milestone.commitment_id])
        number, place = self.last[milestone.commitment_id]
        milestone.number = milestone.number or number + 1
        milestone.order = milestone.order or place + 1
        if not milestone.label:
            milestone.label, milestone.label_is_ours = str(milestone.number), True
        self.last[milestone.commitment_id] = (
            max(number, milestone.number),
            max(place, milestone.order),
        )


def _most(rows: Any, field: str, commitments: list[int]) -> dict[int, int]:
    found = rows.filter(commitment__in=commitments).order_by().values_list("commitment")
    return dict(found.annotate(most=Max(field)))


def number_milestone(milestone: Milestone) -> None:
    milestone.number = None  # type: ignore[assignment]
    MilestoneNumbers().give(milestone)


def delete_milestone(milestone: Milestone, *, by: User | None = None) -> None:
    """Delete a milestone of a draft commitment, with its empty cells and its amendments.

    `by` is the point of contact, or None for a command. Raises UpdateRefused if the commitment is
    public or the account may not edit it, ProtectedError if anybody has reported on the milestone
    or assessed it.
    """
    with transaction.atomic():
        locked = lock_milestone(milestone)
        if by is not None and not rights_of(by).may_edit(locked.commitment):
            raise UpdateRefused(
                _("Only the point of contact of the plan or nation deletes a milestone.")
            )
        if locked.commitment.published_on is not None:
            raise UpdateRefused(_("The milestone of a public commitment is not deleted."))
        locked.nation_progress.all().delete()
        UpdateStep.objects.filter(amendment__milestone=locked).delete()
        locked.amendments.all().delete()
        locked.delete()
