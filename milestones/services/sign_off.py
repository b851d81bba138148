"""From a draft to the public record: submitted, returned, agreed, published."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.rights import Rights, agrees_on_behalf_of, rights_of
from milestones import progress_rules
from milestones.facts import facts_of_update, fingerprint
from milestones.models import Milestone, ProgressUpdate, UpdateStep
from milestones.progress_rules import UpdateRefused
from milestones.signatures import is_asked_to_agree, may_publish, needs_agreement, needs_colleague
from milestones.targets import Target, due_date_of
from ogp_tracker.common.bounds import NARRATIVE, too_long

from .drafts import check_content
from .locking import lock_target, lock_unpublished, lock_update
from .milestones import write_due_date
from .progress import rebuild_progress
from .steps import record_step
from .who import check_author, may_return, writes_on

State = ProgressUpdate.State


def submit_update(
    update: ProgressUpdate, *, by: User | None, now: datetime | None = None
) -> ProgressUpdate:
    """Submitting again writes nothing. Raises UpdateRefused with every problem beside its field."""
    with transaction.atomic():
        target = lock_target(update.target)
        now = now or timezone.now()
        update = lock_unpublished(update)
        if update.state == State.SUBMITTED:
            return update
        rights = rights_of(by)
        if by is not None and not writes_on(rights, update):
            raise UpdateRefused(_("This draft is a colleague's. Only its author can submit it."))
        check_author(
            by, rights, update.institution, update.commitment, provenance=update.provenance
        )
        check_content(target, facts_of_update(update), update.institution, update.corrects, now)
        update.state = State.SUBMITTED
        # From now on it counts as reported: the rules were checked for what is recorded now.
        update.recorded_at = now
        update.save(update_fields=["state", "recorded_at"])
        record_step(update, UpdateStep.Kind.SUBMITTED, by=by, now=now)
    return update


def return_update(
    update: ProgressUpdate,
    *,
    by: User | None,
    comment: str,
    expected: str | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """A lead of the institution may do so, and a civil-society lead who is asked to agree.

    `expected` is the `fingerprint` of what the account has read. Raises UpdateRefused without a
    comment, if it does not wait for sign-off, or if it says something else now.
    """
    with transaction.atomic():
        lock_target(update.target)
        now = now or timezone.now()
        update = _lock_submitted(update)
        rights = rights_of(by)
        if not may_return(rights, update):
            raise UpdateRefused(_("Only who signs off this report can return it."))
        _check_as_read(update, expected)
        if not comment.strip():
            sentence = _("Say what has to change, so that your colleague knows what to do.")
            raise UpdateRefused({"comment": [sentence]})
        if sentence := too_long(comment, NARRATIVE):
            raise UpdateRefused({"comment": [sentence]})
        update.state = State.RETURNED
        update.co_signed_by = None
        update.save(update_fields=["state", "co_signed_by"])
        body = _acts_for(rights, update, by)
        kind = UpdateStep.Kind.RETURNED
        record_step(update, kind, by=by, now=now, institution=body, comment=comment)
    return update


def agree_to_update(
    update: ProgressUpdate, *, by: User, expected: str | None = None, now: datetime | None = None
) -> ProgressUpdate:
    """Agreeing again writes nothing. `expected` is the `fingerprint` of what the account has read.

    Raises UpdateRefused if the account is not asked to agree, or if it says something else now.
    """
    with transaction.atomic():
        lock_target(update.target)
        now = now or timezone.now()
        update = _lock_submitted(update)
        if not is_asked_to_agree(rights_of(by), update):
            raise UpdateRefused(
                _("Only a civil-society lead of the plan or nation can agree to this report.")
            )
        _check_as_read(update, expected)
        if update.co_signed_by_id == by.pk:
            return update
        update.co_signed_by = by
        update.save(update_fields=["co_signed_by"])
        body = agrees_on_behalf_of(by, update.commitment)
        record_step(update, UpdateStep.Kind.AGREED, by=by, now=now, institution=body)
    return update


def publish_update(
    update: ProgressUpdate,
    *,
    by: User | None,
    expected: str | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """Publish a submitted update, signed off by the account `by`.

    Writes the current copy of each nation, and moves the due date if the update does, in the same
    transaction. Publishing again what is published writes nothing. Raises UpdateRefused if the
    account may not publish it, if the rules no longer allow it, or if a signature is missing that
    the plan asks for. `by` is None for a command that brings in words of documents; `expected` is
    the `fingerprint` of what the account has read: if it says something else now, it is refused.
    """
    with transaction.atomic():
        target = lock_target(update.target)
        now = now or timezone.now()
        update = lock_update(update)
        if update.is_published:
            return update
        _check_waits(update)
        is_command = by is None and update.is_from_document
        if not is_command and not may_publish(rights_of(by), update):
            raise UpdateRefused(_("Only a lead of the institution that reports can publish it."))
        _check_as_read(update, expected)
        _check_again(target, update, now)
        _check_signatures(update, by)
        update.state = State.PUBLISHED
        update.signed_off_by = by
        update.published_at = now
        # Before the update is saved as published: then it is closed to further steps.
        record_step(update, UpdateStep.Kind.PUBLISHED, by=by, now=now)
        update.save()
        _move_due_date(target, update, by, now)
        rebuild_progress([target])
    return update


def what_is_missing(
    update: ProgressUpdate, *, by: User | None, now: datetime | None = None
) -> dict[str, list[str]]:
    """Return why the account `by` could not publish a submitted update now, by field.

    Without an account: what is missing no matter who signs it off, their signature included. The
    rules and the signatures are those that `publish_update` asks. Nothing is locked.
    """
    target = update.target
    found: dict[str, list[str]] = {}
    for check in (
        lambda: _check_again(target, update, now or timezone.now()),
        lambda: _check_signatures(update, by),
    ):
        try:
            check()
        except UpdateRefused as refusal:
            found |= refusal.message_dict
    return found


def _check_as_read(update: ProgressUpdate, expected: str | None) -> None:
    if expected is not None and fingerprint(update) != expected:
        sentence = _(
            "Its author has changed this report since you opened the page. Nothing was done:"
            " read what it says now, then decide."
        )
        raise UpdateRefused(sentence)


def _check_again(target: Target, update: ProgressUpdate, now: datetime) -> None:
    facts = facts_of_update(update)
    if facts.moves_due_to == due_date_of(target):
        # Somebody has moved it there meanwhile: nothing is left to move.
        facts = replace(facts, moves_due_to=None, due_reason="")
    check_content(target, facts, update.institution, update.corrects, now)


def _check_signatures(update: ProgressUpdate, by: User | None) -> None:
    """An agreement counts as long as its giver could give it today."""
    still_agrees = is_asked_to_agree(rights_of(update.co_signed_by), update)
    progress_rules.check_sign_off(
        recorded_by=update.recorded_by_id,
        signed_off_by=by.pk if by else None,
        co_signed_by=update.co_signed_by_id if still_agrees else None,
        needs_sign_off=needs_colleague(update),
        needs_civil_society=needs_agreement(update),
    )


def _move_due_date(target: Target, update: ProgressUpdate, by: User | None, now: datetime) -> None:
    if not isinstance(target, Milestone) or update.due_on_proposed in {None, target.due_on}:
        return
    write_due_date(
        target,
        to=update.due_on_proposed,
        reason=update.due_reason,
        institution=update.institution,
        by=by,
        update=update,
        now=now,
    )


def _lock_submitted(update: ProgressUpdate) -> ProgressUpdate:
    update = lock_unpublished(update)
    _check_waits(update)
    return update


def _check_waits(update: ProgressUpdate) -> None:
    if update.state != State.SUBMITTED:
        raise UpdateRefused(
            _("This report does not wait for sign-off: its author is still writing it.")
        )


def _acts_for(rights: Rights, update: ProgressUpdate, by: User | None) -> Institution | None:
    if may_publish(rights, update):
        return update.institution
    return agrees_on_behalf_of(by, update.commitment)
