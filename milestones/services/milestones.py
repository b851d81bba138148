"""What happens to a milestone itself: it gets a number, its due date moves, a draft goes."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, Institution
from commitments.rights import rights_of
from milestones import progress_rules
from milestones.models import DueDateChange, Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused

from .locking import lock_milestone


def move_due_date(
    milestone: Milestone,
    *,
    to: date,
    reason: str,
    institution: Institution | None,
    by: User | None,
    now: datetime | None = None,
) -> DueDateChange:
    """`by` is the point of contact, or None for a command.

    Raises UpdateRefused without a reason, if the date does not move, or if they may not move it.
    """
    with transaction.atomic():
        locked = lock_milestone(milestone)
        if by is not None and not rights_of(by).may_edit(locked.commitment):
            raise UpdateRefused(
                _("Only the point of contact of the plan or nation moves a due day by itself.")
            )
        return write_due_date(
            locked,
            to=to,
            reason=reason,
            institution=institution,
            by=by,
            update=None,
            now=now or timezone.now(),
        )


def write_due_date(
    locked: Milestone,
    *,
    to: date,
    reason: str,
    institution: Institution | None,
    by: User | None,
    update: ProgressUpdate | None,
    now: datetime,
) -> DueDateChange:
    """Of the locked milestone; `update` is the one with which it moves, if any."""
    progress_rules.check_due_date(moved_from=locked.due_on, moved_to=to, reason=reason)
    change = DueDateChange.objects.create(
        milestone=locked,
        moved_from=locked.due_on,
        moved_to=to,
        reason=reason,
        institution=institution,
        moved_by=by,
        moved_at=now,
        update=update,
    )
    locked.due_on = to
    locked._history_user = by  # type: ignore[attr-defined]
    locked.save(update_fields=["due_on"])
    return change


def number_milestone(milestone: Milestone) -> None:
    """Fill what is empty of a new milestone: its number, its label, its place among the others.

    No number is given twice: those of deleted milestones are in their versions. The commitment
    stays locked until the transaction ends.
    """
    commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=milestone.commitment_id)
    most = {"most": Max("number"), "last": Max("order")}
    now = commitment.milestones.aggregate(**most)
    ever = Milestone.history.filter(commitment=commitment.pk).aggregate(**most)
    milestone.number = 1 + max(now["most"] or 0, ever["most"] or 0)
    milestone.order = milestone.order or 1 + (now["last"] or 0)
    if not milestone.label:
        milestone.label, milestone.label_is_ours = str(milestone.number), True


def delete_milestone(milestone: Milestone, *, by: User | None = None) -> None:
    """Delete a milestone of a draft commitment, with its empty cells and its moved due dates.

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
        locked.due_date_changes.all().delete()
        locked.delete()
