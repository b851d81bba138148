"""Drafts of updates: written, kept and revised; those of all records: taken over, discarded."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.rights import Rights, reportable_nations, rights_of
from milestones import progress_rules
from milestones.circumstances import circumstances
from milestones.evidence_files.store import drop_evidence, write_evidence
from milestones.facts import UpdateContent, columns_of_content, facts_of_content
from milestones.models import ProgressUpdate
from milestones.models.step import StepKind
from milestones.progress_rules import UpdateRefused
from milestones.targets import Target, columns_of, commitment_of, lead_of

from .locking import Record, lock_target, lock_unpublished
from .steps import record_step, reopen, save_row
from .who import check_author, may_take_over, writes_on


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
        check_author(by, rights, institution, commitment_of(locked), content.provenance)
        if institution is not None and not reportable_nations(
            institution, commitment_of(locked), lead=lead_of(locked)
        ):
            raise UpdateRefused({"institution": [progress_rules.TAKES_NO_PART]})
        return _write(locked, content, institution, by, rights, now, update, uid)


def record_update(
    target: Target,
    content: UpdateContent,
    *,
    institution: Institution | None,
    by: User | None,
    update: ProgressUpdate | None = None,
    uid: UUID | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """As `save_draft`, if it keeps the rules; `by` is None if the words come from a document.

    Raises UpdateRefused with every problem beside its field; then nothing is written.
    """
    with transaction.atomic():
        locked = lock_target(target)
        now = now or timezone.now()
        facts = facts_of_content(content, institution)
        check_content(locked, facts, institution, content.corrects, now)
        rights = rights_of(by)
        check_author(by, rights, institution, commitment_of(locked), content.provenance)
        return _write(locked, content, institution, by, rights, now, update, uid)


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
        record_step(update, StepKind.TAKEN_OVER, by=by, now=now)
        update.save(update_fields=["recorded_by"])
    return update


def discard_update(update: Record, *, by: User | None = None) -> None:
    """`by` is None for a command. Raises UpdateRefused if it is published, or a colleague's."""
    with transaction.atomic():
        update = lock_unpublished(update)
        if by is not None and not writes_on(rights_of(by), update):
            raise UpdateRefused(_("This draft is a colleague's. Only its author can discard it."))
        if isinstance(update, ProgressUpdate):
            drop_evidence(update)
        update.steps.all().delete()
        update._history_user = by  # type: ignore[attr-defined]
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


def _write(
    target: Target,
    content: UpdateContent,
    institution: Institution | None,
    by: User | None,
    rights: Rights,
    now: datetime,
    update: ProgressUpdate | None,
    uid: UUID | None,
) -> ProgressUpdate:
    is_new = update is None
    if update is None:
        update = ProgressUpdate(**columns_of(target), **({"uid": uid} if uid else {}))
    else:
        if update.target != target:
            raise ValueError("This draft is about something else.")
        update = reopen(update, rights, by=by, now=now)
        drop_evidence(update)
    for name, value in columns_of_content(content).items():
        setattr(update, name, value)
    update.institution, update.recorded_by, update.recorded_at = institution, by, now
    save_row(update)
    if is_new:
        update.nations.add(*content.nations)
    else:
        update.nations.set(content.nations)
    for piece in write_evidence(update, content.evidence):
        save_row(piece, shown_at="evidence")
    return update
