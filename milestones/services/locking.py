"""The lock that every writer of progress takes first, and the look at rows under it."""

from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.targets import Target


def lock_target(target: Target) -> Target:
    """As `lock_milestone`, for a commitment as a whole as well."""
    if isinstance(target, Milestone):
        return lock_milestone(target)
    # No key changes: other rows may name it meanwhile.
    rows = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    return rows.prefetch_related("nations").get(pk=target.pk)


def lock_milestone(milestone: Milestone) -> Milestone:
    """Locked until the transaction ends. Raises UpdateRefused if it has been deleted meanwhile.

    PostgreSQL locks the row; on SQLite every transaction already holds the write lock.
    """
    rows = (
        Milestone.objects.select_for_update(of=("self",))
        .select_related("commitment__plan")
        # The rules ask for them more than once.
        .prefetch_related("commitment__nations")
    )
    try:
        return rows.get(pk=milestone.pk)
    except Milestone.DoesNotExist:
        raise UpdateRefused(
            _("This milestone has been deleted meanwhile. Look at its commitment again.")
        ) from None


def lock_update(update: ProgressUpdate) -> ProgressUpdate:
    """Raises UpdateRefused if somebody has discarded it meanwhile."""
    rows = ProgressUpdate.objects.select_for_update(of=("self",))
    try:
        return rows.select_related("institution__nation", "commitment__plan").get(pk=update.pk)
    except ProgressUpdate.DoesNotExist:
        raise UpdateRefused(
            _("This draft has been discarded meanwhile. Write a new report.")
        ) from None


def lock_unpublished(update: ProgressUpdate) -> ProgressUpdate:
    """Raises UpdateRefused if it has been discarded or published meanwhile."""
    update = lock_update(update)
    if update.is_published:
        raise UpdateRefused(
            _("This report has been published meanwhile. Write a new one that corrects it.")
        )
    return update
