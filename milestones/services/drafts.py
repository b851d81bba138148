"""Drafts of updates: written, kept and revised; those of amendments too: taken over, discarded."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.rights import Rights, reportable_nations, rights_of
from milestones import progress_rules
from milestones.evidence_files.store import drop_evidence, write_evidence
from milestones.facts import UpdateContent, circumstances, columns_of_content, facts_of_content
from milestones.models import Evidence, ProgressUpdate, UpdateStep
from milestones.progress_rules import UpdateRefused
from milestones.targets import Target, columns_of, commitment_of, lead_of

from .locking import Record, lock_row, lock_target, lock_unpublished, refuse_published
from .steps import record_step
from .who import check_author, may_take_over, may_write_on, writes_on

_LOCKED = ("commitment", "milestone", "update")
"""The columns whose rows are locked or new, so that nobody has to look whether they are there."""


def save_draft(
    target: Target,
    content: UpdateContent,
    *,
    institution: Institution | None,
    by: User | None,
    update: ProgressUpdate | None = None,
    uid: UUID | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """Keep `content`, complete or not; the rules are checked when it is submitted.

    `update` is the draft that it replaces; `uid` the permanent id of a new one, so that nobody
    writes twice by sending twice. Raises UpdateRefused if the account may not write for the
    institution, or not on this draft, or if what was written does not fit into its field.
    """
    with transaction.atomic():
        locked = lock_target(target)
        now = now or timezone.now()
        rights = rights_of(by)
        commitment = commitment_of(locked)
        check_author(by, rights, institution, commitment, provenance=content.provenance)
        if institution is not None and not reportable_nations(
            institution, commitment, lead=lead_of(locked)
        ):
            raise UpdateRefused({"institution": [progress_rules.TAKES_NO_PART]})
        return _write(locked, content, institution, by, rights, now, update, uid)


def record_update(
    target: Target,
    content: UpdateContent,
    *,
    institution: Institution | None,
    by: User | None,
    uid: UUID | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """`by` is None if the words come from a document; `uid` the permanent id that it gets.

    Raises UpdateRefused with every problem beside its field; then nothing is written.
    """
    return _record(target, content, institution, by, now, uid=uid)


def revise_update(
    update: ProgressUpdate,
    content: UpdateContent,
    *,
    institution: Institution | None,
    by: User | None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """What was submitted becomes a draft again.

    Raises UpdateRefused as `record_update` does, if the draft is a colleague's, or is published.
    """
    return _record(update.target, content, institution, by, now, update=update)


def take_over(update: Record, *, by: User, now: datetime | None = None) -> Record:
    """For who signs it off, if a colleague is away or has left. Raises UpdateRefused for others."""
    with transaction.atomic():
        update = lock_unpublished(update)
        now = now or timezone.now()
        if not may_take_over(rights_of(by), update):
            raise UpdateRefused(
                _("Only a lead of the institution can take over a colleague's draft.")
            )
        if update.recorded_by_id == by.pk:
            return update
        update.recorded_by = by
        update.save(update_fields=["recorded_by"])
        record_step(update, UpdateStep.Kind.TAKEN_OVER, by=by, now=now)
    return update


def discard_update(update: Record, *, by: User | None = None) -> None:
    """`by` is None for a command. Raises UpdateRefused if it is published, or a colleague's."""
    with transaction.atomic():
        update = lock_unpublished(update)
        if by is not None and not may_write_on(update, by):
            raise UpdateRefused(_("This draft is a colleague's. Only its author can discard it."))
        if isinstance(update, ProgressUpdate):
            drop_evidence(update)
        update.steps.all().delete()
        update.delete()


def check_content(
    target: Target,
    content: progress_rules.UpdateFacts,
    institution: Institution | None,
    corrects: ProgressUpdate | None,
    now: datetime,
) -> None:
    """Check the rules for an update on the locked target. Raises UpdateRefused."""
    on = timezone.localdate(now)
    progress_rules.check_update(content, circumstances(target, institution, corrects, on))


def _record(
    target: Target,
    content: UpdateContent,
    institution: Institution | None,
    by: User | None,
    now: datetime | None,
    *,
    update: ProgressUpdate | None = None,
    uid: UUID | None = None,
) -> ProgressUpdate:
    with transaction.atomic():
        locked = lock_target(target)
        now = now or timezone.now()
        facts = facts_of_content(content, institution)
        check_content(locked, facts, institution, content.corrects, now)
        rights = rights_of(by)
        check_author(by, rights, institution, commitment_of(locked), provenance=content.provenance)
        return _write(locked, content, institution, by, rights, now, update, uid)


def _write(
    target: Target,
    content: UpdateContent,
    institution: Institution | None,
    by: User | None,
    rights: Rights,
    now: datetime,
    update: ProgressUpdate | None,
    uid: UUID | None = None,
) -> ProgressUpdate:
    is_new = update is None
    if update is None:
        update = ProgressUpdate(**columns_of(target), **({"uid": uid} if uid else {}))
    else:
        update = refuse_published(lock_row(update))
        if update.target != target:
            raise ValueError("This draft is about something else.")
        if not writes_on(rights, update):
            sentence = _(
                "This draft is a colleague's. Only its author can write on it; a lead can take"
                " it over."
            )
            raise UpdateRefused(sentence)
        if update.state == ProgressUpdate.State.SUBMITTED:
            record_step(update, UpdateStep.Kind.TAKEN_BACK, by=by, now=now)
            update.state = ProgressUpdate.State.DRAFT
        update.co_signed_by = None
        drop_evidence(update)
    for name, value in columns_of_content(content).items():
        setattr(update, name, value)
    update.institution, update.recorded_by, update.recorded_at = institution, by, now
    _save(update)
    if is_new:
        update.nations.add(*content.nations)
    else:
        update.nations.set(content.nations)
    for piece in write_evidence(update, content.evidence):
        _save(piece, shown_at="evidence")
    return update


def _save(row: ProgressUpdate | Evidence, shown_at: str = "") -> None:
    """Save `row` if its fields and constraints allow it; else refuse, beside the fields.

    `shown_at` is the field of the form at which problems of the row belong, if not its own.
    """
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
