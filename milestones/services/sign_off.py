"""From a draft to the public record: submitted, returned, agreed, published.

Amendments, and what apps above add, go the same way as updates: where it says `update`, it may be
any. What differs between them is registered by their class: `check_writer`, `check_rules` and
`take_effect` here, `lock_what_it_is_about` and `read_in`. `expected` is the `fingerprint` of what
the account has read; if it says something else now, it is refused.
"""

from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.rights import Rights, agrees_on_behalf_of, rights_of
from milestones import progress_rules
from milestones.amendment_rules import check_amendment
from milestones.facts import amended_now, content_of, facts_of_update, fingerprint
from milestones.models import Amendment, ProgressUpdate
from milestones.models.signed_off import SignedOff
from milestones.models.step import StepKind
from milestones.progress_rules import UpdateRefused
from milestones.signatures import is_asked_to_agree, may_publish, needs_agreement, needs_colleague
from milestones.targets import due_date_of
from ogp_tracker.common.bounds import NARRATIVE, too_long

from .amendments import apply_amendment, write_move
from .drafts import check_content
from .locking import Record, lock_record, lock_unpublished
from .progress import rebuild_progress
from .steps import record_step
from .who import check_amender, check_author, may_return, writes_on

State = SignedOff.State


def submit_update(
    update: Record, *, by: User | None, expected: str | None = None, now: datetime | None = None
) -> Record:
    """Submitting again writes nothing. Raises UpdateRefused with every problem beside its field."""
    with transaction.atomic():
        update = lock_unpublished(update)
        now = now or timezone.now()
        if update.state == State.SUBMITTED:
            return update
        rights = rights_of(by)
        if by is not None and not writes_on(rights, update):
            raise UpdateRefused(_("This draft is a colleague's. Only its author can submit it."))
        check_writer(update, by, rights)
        _check_as_read(update, expected)
        check_rules(update, now)
        update.state = State.SUBMITTED
        # From now on it counts as reported: the rules were checked for what is recorded now.
        update.recorded_at = now
        record_step(update, StepKind.SUBMITTED, by=by, now=now)
        update.save(update_fields=["state", "recorded_at"])
    return update


def return_update(
    update: Record,
    *,
    by: User | None,
    comment: str,
    expected: str | None = None,
    now: datetime | None = None,
) -> Record:
    """Raises UpdateRefused without a comment or the right, or if it does not wait for sign-off."""
    with transaction.atomic():
        update = _lock_submitted(update)
        now = now or timezone.now()
        rights = rights_of(by)
        if not may_return(rights, update):
            raise UpdateRefused(_("Only people who can sign this off can return it."))
        _check_as_read(update, expected)
        if not comment.strip():
            sentence = _("Say what has to change, so that your colleague knows what to do.")
            raise UpdateRefused({"comment": [sentence]})
        if sentence := too_long(comment, NARRATIVE):
            raise UpdateRefused({"comment": [sentence]})
        signs = may_publish(rights, update)
        body = update.institution if signs else agrees_on_behalf_of(by, update.commitment)
        record_step(update, StepKind.RETURNED, by=by, now=now, institution=body, comment=comment)
        update.state = State.RETURNED
        update.co_signed_by = None
        update.save()
    return update


def agree_to_update(
    update: Record, *, by: User, expected: str | None = None, now: datetime | None = None
) -> Record:
    """Agreeing again writes nothing. Raises UpdateRefused if the account is not asked to agree."""
    with transaction.atomic():
        update = _lock_submitted(update)
        now = now or timezone.now()
        if not is_asked_to_agree(rights_of(by), update):
            raise UpdateRefused(
                _("Only a civil-society lead of the plan or nation can agree to this.")
            )
        _check_as_read(update, expected)
        if update.co_signed_by_id == by.pk:
            return update
        update.co_signed_by = by
        update.save(update_fields=["co_signed_by"])
        body = agrees_on_behalf_of(by, update.commitment)
        record_step(update, StepKind.AGREED, by=by, now=now, institution=body)
    return update


def publish_update(
    update: Record, *, by: User | None, expected: str | None = None, now: datetime | None = None
) -> Record:
    """Publish a submitted update, and write all that follows from it in the same transaction.

    Publishing again writes nothing. Raises UpdateRefused if the account may not publish it, if the
    rules no longer allow it, or if a signature is missing that the plan asks for. `by` is None for
    a command that brings in words of documents.
    """
    with transaction.atomic():
        update = lock_record(update)
        now = now or timezone.now()
        if update.is_published:
            return update
        _check_waits(update)
        if not _is_by_command(update, by) and not may_publish(rights_of(by), update):
            raise UpdateRefused(
                _("Only a lead of the institution, or who looks after the plan, can publish it.")
                if isinstance(update, Amendment)
                else _("Only a lead of the institution can publish it.")
            )
        _check_as_read(update, expected)
        check_rules(update, now)
        _check_signatures(update, by)
        update.state = State.PUBLISHED
        update.signed_off_by = by
        update.published_at = now
        record_step(update, StepKind.PUBLISHED, by=by, now=now)
        take_effect(update, by, now)
    return update


def what_is_missing(
    update: SignedOff, *, by: User | None, now: datetime | None = None
) -> dict[str, list[str]]:
    """What `publish_update` would refuse now, by field; without an account, to all who sign."""
    found: dict[str, list[str]] = {}
    for check in (
        lambda: check_rules(update, now or timezone.now()),
        lambda: _check_signatures(update, by),
    ):
        try:
            check()
        except UpdateRefused as refusal:
            found |= refusal.message_dict
    return found


def _check_as_read(update: SignedOff, expected: str | None) -> None:
    if expected is not None and fingerprint(update) != expected:
        sentence = _(
            "Its author has changed this since you opened the page. Nothing was done:"
            " read what it says now, then decide."
        )
        raise UpdateRefused(sentence)


@singledispatch
def check_writer(update: SignedOff, by: User | None, rights: Rights) -> None:
    """Raise UpdateRefused if the account may not say so for its institution."""
    raise NotImplementedError


@check_writer.register
def _writer_of_update(update: ProgressUpdate, by: User | None, rights: Rights) -> None:
    check_author(by, rights, update.institution, update.commitment, update.provenance)


@check_writer.register
def _writer_of_amendment(amendment: Amendment, by: User | None, rights: Rights) -> None:
    check_amender(by, rights, amendment.institution, amendment.target, amendment.provenance)


@singledispatch
def check_rules(update: SignedOff, now: datetime) -> None:
    """Raise UpdateRefused with every problem beside its field."""
    raise NotImplementedError


@check_rules.register
def _rules_of_update(update: ProgressUpdate, now: datetime) -> None:
    target, facts = update.target, facts_of_update(update)
    if update.state == State.SUBMITTED and facts.moves_due_to == due_date_of(target):
        # Somebody has moved it there meanwhile: nothing is left to move.
        facts = replace(facts, moves_due_to=None, due_reason="")
    check_content(target, facts, update.institution, update.corrects, now)


@check_rules.register
def _rules_of_amendment(amendment: Amendment, now: datetime) -> None:
    is_attributed = bool(amendment.institution_id) or amendment.recorded_by_id is None
    now_so = amended_now(amendment.target, now)
    check_amendment(content_of(amendment), now_so, is_attributed=is_attributed)


@singledispatch
def take_effect(update: SignedOff, by: User | None, now: datetime) -> None:
    """Save what is published, and write all that follows from it."""
    update.save()


@take_effect.register
def _effect_of_update(update: ProgressUpdate, by: User | None, now: datetime) -> None:
    update.save()
    if update.milestone and update.due_on_proposed not in {None, update.milestone.due_on}:
        write_move(update, by=by, now=now)
    rebuild_progress([update.target])


@take_effect.register
def _effect_of_amendment(amendment: Amendment, by: User | None, now: datetime) -> None:
    apply_amendment(amendment, by=by, now=now)
    amendment.save()


def _is_by_command(update: SignedOff, by: User | None) -> bool:
    is_nobodys = isinstance(update, Amendment) and update.recorded_by_id is None
    return by is None and (update.is_from_document or is_nobodys)


def _check_signatures(update: SignedOff, by: User | None) -> None:
    """An agreement counts as long as its giver could give it today."""
    if _is_by_command(update, by):
        return
    still_agrees = is_asked_to_agree(rights_of(update.co_signed_by), update)
    progress_rules.check_sign_off(
        recorded_by=update.recorded_by_id,
        signed_off_by=by.pk if by else None,
        co_signed_by=update.co_signed_by_id if still_agrees else None,
        needs_sign_off=needs_colleague(update),
        needs_civil_society=needs_agreement(update),
    )


def _lock_submitted(update: Record) -> Record:
    update = lock_unpublished(update)
    _check_waits(update)
    return update


def _check_waits(update: SignedOff) -> None:
    if update.state != State.SUBMITTED:
        raise UpdateRefused(_("This does not wait for sign-off: its author is still writing it."))
