"""The lock that every writer of progress takes first, and the look at rows under it."""

from functools import singledispatch
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.models.signed_off import SignedOff
from milestones.progress_rules import UpdateRefused
from milestones.targets import Target, columns_of

Record = TypeVar("Record", bound=SignedOff)
"""What is signed off: an update, an amendment, or what an app above adds."""

IS_DELETED = gettext_lazy(
    "This milestone has been deleted meanwhile. Look at its commitment again."
)


def lock_target(target: Target) -> Target:
    if isinstance(target, Milestone):
        return lock_milestone(target)
    return lockable_commitments().get(pk=target.pk)


def lock_milestone(milestone: Milestone) -> Milestone:
    """Raises UpdateRefused if it has been deleted. On SQLite the transaction holds the lock."""
    try:
        return lockable_milestones().get(pk=milestone.pk)
    except Milestone.DoesNotExist:
        raise UpdateRefused(str(IS_DELETED)) from None


def lockable_commitments() -> QuerySet[Commitment]:
    # Its milestones are not locked. No key changes: other rows may name the commitment meanwhile.
    rows = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    return rows.prefetch_related("nations")


def lockable_milestones() -> QuerySet[Milestone]:
    rows = Milestone.objects.select_for_update(of=("self",)).select_related("commitment__plan")
    # The rules ask for them more than once.
    return rows.prefetch_related("commitment__nations")


def lock_row(record: Record) -> Record:
    """Of what is locked already. Raises UpdateRefused if somebody has discarded it meanwhile."""
    rows = type(record)._default_manager.select_for_update(of=("self",))
    try:
        return rows.select_related(*record.locked_with).get(pk=record.pk)
    except type(record).DoesNotExist:
        raise UpdateRefused(
            _("This draft has been discarded meanwhile. Write a new one.")
        ) from None


def lock_record(record: Record) -> Record:
    """Lock what it is about, then itself; the row comes with the locked milestone or commitment."""
    columns = lock_what_it_is_about(record)
    row = lock_row(record)
    for name, value in columns.items():
        setattr(row, name, value)
    return row


@singledispatch
def lock_what_it_is_about(record: SignedOff) -> dict[str, Any]:
    """Return the columns of the record that name what was locked."""
    raise NotImplementedError


@lock_what_it_is_about.register
def _lock_target_of(record: ProgressUpdate | Amendment) -> dict[str, Any]:
    return columns_of(lock_target(record.target))


def lock_unpublished(record: Record) -> Record:
    """Raises UpdateRefused if it has been discarded or published meanwhile."""
    return refuse_published(lock_record(record))


def refuse_published(record: Record) -> Record:
    if record.is_published:
        raise UpdateRefused(
            _("This has been published meanwhile. Write a new one that corrects it.")
        )
    return record
