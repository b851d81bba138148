"""What every writer of an update or amendment does: its steps recorded, drafts reopened, saved."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.rights import Rights
from milestones.models import Evidence
from milestones.models.signed_off import SignedOff
from milestones.models.step import Step, StepKind
from milestones.progress_rules import UpdateRefused

from .locking import Record, lock_row, refuse_published
from .who import writes_on

_LOCKED = ("commitment", "milestone", "update")
"""The columns whose rows are locked or new, so that nobody has to look whether they are there."""


def record_step(
    record: SignedOff,
    kind: StepKind,
    *,
    by: User | None,
    now: datetime,
    institution: Institution | None = None,
    comment: str = "",
) -> Step:
    """Comes before the record is saved: once published, it is closed to further steps."""
    # Whose the next version is, of what has versions.
    record._history_user = by  # type: ignore[attr-defined]
    body = institution or record.institution
    return record.steps.create(kind=kind, by=by, institution=body, comment=comment, at=now)


def reopen(record: Record, rights: Rights, *, by: User | None, now: datetime) -> Record:
    """What was submitted is a draft again. Raises UpdateRefused if `by` may not write on it."""
    record = refuse_published(lock_row(record))
    if not writes_on(rights, record):
        sentence = _(
            "This draft is a colleague's. Only its author can write on it; a lead can take it over."
        )
        raise UpdateRefused(sentence)
    if record.state == record.State.SUBMITTED:
        record_step(record, StepKind.TAKEN_BACK, by=by, now=now)
        record.state = record.State.DRAFT
    record.co_signed_by = None
    return record


def save_row(row: SignedOff | Evidence, shown_at: str = "") -> None:
    """Raises UpdateRefused, beside the fields or `shown_at`, if the row must not be like this."""
    try:
        try:
            # The constraints are the database's to judge: to ask each of them first would be most
            # of what an update asks the database, while others wait for the lock.
            row.full_clean(_LOCKED, validate_unique=False, validate_constraints=False)
            with transaction.atomic():
                row.save()
        except (ValidationError, IntegrityError):
            row.full_clean()
            raise
    except ValidationError as error:
        raise UpdateRefused({shown_at: error.messages} if shown_at else error) from error
