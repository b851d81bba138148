"""What happens to a milestone itself: it gets a number, or a draft of it goes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from commitments import services as commitment_services
from commitments.models import ActionPlan, Commitment
from commitments.models.amended import AmendmentState
from commitments.rights import rights_of
from milestones.labels import FIRST, next_label
from milestones.models import Milestone, UpdateStep
from milestones.progress_rules import UpdateRefused

from .locking import lock_milestone
from .progress import chunks, rebuild_progress

COPIED = ("label", "label_is_ours", "text", "text_is_summary", "language", "lead_id")
DATES = ("start_as_published", "start_on", "due_as_published", "due_on")
"""Copied within one plan only, as the dates of commitments are."""

IN_ORDER = ("order", "number")


@dataclass
class _Last:
    number: int = 0
    """The highest that any milestone of the commitment ever had."""
    place: int = 0
    labels: list[str] = field(default_factory=lambda: [FIRST])
    """In the order of the milestones."""


class MilestoneNumbers:
    """The numbers, places and labels of new milestones; a commitment is looked at once.

    It stays locked until the transaction ends. No number is given twice: those of deleted
    milestones are in their versions.
    """

    def __init__(self) -> None:
        self.last: dict[int, _Last] = {}

    def load(self, commitments: Collection[int]) -> None:
        """Look at several commitments, in three queries for each 500."""
        for keys in chunks(sorted(commitments)):
            locked = Commitment.objects.filter(pk__in=keys).order_by("pk")
            list(locked.select_for_update(of=("self",)).values_list("pk"))
            self.last |= {key: _Last() for key in keys}
            ever = Milestone.history.filter(commitment__in=keys).order_by()
            for key, number in ever.values_list("commitment").annotate(most=Max("number")):
                self.last[key].number = number
            rows = Milestone.objects.filter(commitment__in=keys).order_by(*IN_ORDER)
            for row in rows.values_list("commitment", "number", "order", "label"):
                self._note(*row)

    def give(self, milestone: Milestone) -> None:
        """Fill what is empty."""
        if milestone.commitment_id not in self.last:
            self.load([milestone.commitment_id])
        last = self.last[milestone.commitment_id]
        milestone.number = milestone.number or last.number + 1
        milestone.order = milestone.order or last.place + 1
        if not milestone.label:
            following = next_label(last.labels[-1], last.labels)
            milestone.label, milestone.label_is_ours = following or str(milestone.number), True
        self._note(milestone.commitment_id, milestone.number, milestone.order, milestone.label)

    def _note(self, commitment: int, number: int, place: int, label: str) -> None:
        last = self.last[commitment]
        last.number, last.place = max(last.number, number), max(last.place, place)
        last.labels.append(label)


def number_milestone(milestone: Milestone) -> None:
    milestone.number = None  # type: ignore[assignment]
    MilestoneNumbers().give(milestone)


def copy_commitment(original: Commitment, plan: ActionPlan, by: User) -> Commitment:
    """A draft in the plan with the milestones that go on, without their progress.

    Raises CopyRefused.
    """
    names = COPIED + (DATES if plan.pk == original.plan_id else ())
    with transaction.atomic():
        copy = commitment_services.copy_commitment(original, plan, by)
        numbers, milestones = MilestoneNumbers(), []
        ended = (AmendmentState.WITHDRAWN, AmendmentState.MERGED)
        for row in original.milestones.exclude(amendment_state__in=ended).order_by(*IN_ORDER):
            milestone = Milestone(commitment=copy, **{name: getattr(row, name) for name in names})
            numbers.give(milestone)
            milestone.save()
            milestones.append(milestone)
        rebuild_progress([*milestones, copy])
    return copy


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
