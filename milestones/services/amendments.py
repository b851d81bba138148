"""Amendments: drafts of them, and what they change once they are published."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from commitments.models import Commitment, Institution
from commitments.rights import rights_of
from milestones.amendment_rules import (
    COLUMNS,
    LEADS_TO,
    AmendmentContent,
    AmendmentKind,
    state_after,
)
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.targets import Target, columns_of, due_column, text_column

from .locking import lock_target
from .steps import reopen, save_row
from .who import check_amender


def save_amendment(
    target: Target,
    content: AmendmentContent,
    *,
    institution: Institution | None,
    by: User | None,
    amendment: Amendment | None = None,
    now: datetime | None = None,
) -> Amendment:
    """Keep a draft, complete or not, in place of `amendment`; the rules are asked on submission.

    Raises UpdateRefused if the account may not propose it, or not write on that draft.
    """
    with transaction.atomic():
        target = lock_target(target)
        now = now or timezone.now()
        rights = rights_of(by)
        said = Amendment(**columns_of(target), source_title=content.source_title)
        check_amender(by, rights, institution, target, said.provenance)
        amendment = reopen(amendment, rights, by=by, now=now) if amendment else said
        for name in COLUMNS:
            setattr(amendment, name, getattr(content, name))
        amendment.institution, amendment.recorded_by, amendment.recorded_at = institution, by, now
        save_row(amendment)
        if isinstance(target, Milestone):
            amendment.merged_into.set(content.merged_into)
        else:
            amendment.merged_into_commitments.set(content.merged_into)
    return amendment


def write_move(update: ProgressUpdate, *, by: User | None, now: datetime) -> Amendment:
    """Publish the move of the due date that the update brings; its milestone is locked."""
    shared = ("commitment", "milestone", "institution", "recorded_by", "recorded_at")
    signed = ("co_signed_by", "source_title", "source_url", "source_locator")
    amendment = Amendment(
        **{name: getattr(update, name) for name in (*shared, *signed)},
        kind=AmendmentKind.DUE_DATE_MOVED,
        effective_on=timezone.localdate(now),
        reason=update.due_reason,
        due_to=update.due_on_proposed,
        update=update,
        state=Amendment.State.PUBLISHED,
        signed_off_by=by,
        published_at=now,
    )
    apply_amendment(amendment, by=by, now=now)
    amendment.save()
    return amendment


def apply_amendment(amendment: Amendment, *, by: User | None, now: datetime) -> None:
    """Change the milestone or commitment, which is locked, as the amendment says."""
    target = amendment.target
    value: date | str | None
    if amendment.kind == AmendmentKind.DUE_DATE_MOVED:
        column, value = due_column(target), amendment.due_to
        amendment.due_from = getattr(target, column)
    elif amendment.kind == AmendmentKind.TEXT_REVISED:
        column, value = text_column(target), amendment.text_to
        amendment.text_from = getattr(target, column)
    else:
        column, value = "amendment_state", LEADS_TO[amendment.kind]
    setattr(target, column, value)
    # The version has the time of the amendment, so that a past date has both or neither.
    target._history_user, target._history_date = by, now  # type: ignore[union-attr]
    # The pages of changes list the amendment, and not this version as an edit as well.
    target._change_reason = str(amendment.kind)  # type: ignore[union-attr]
    target.save(update_fields=[column])


def rebuild_states() -> int:
    """Make the stored states equal what the published amendments say; return how many changed.

    For what brings amendments in without `publish_update`, such as `loaddata`.
    """
    changed = 0
    with transaction.atomic():
        for model in (Commitment, Milestone):
            for key, state in differing_states(model):
                changed += model._default_manager.filter(pk=key).update(amendment_state=state)
    return changed


def differing_states(model: type[Target]) -> list[tuple[int, str]]:
    """The keys of rows whose stored state is not what their amendments say, with what they say."""
    is_milestone = model is Milestone
    amendments = Amendment.objects.published().filter(milestone__isnull=not is_milestone)
    kinds: dict[int, list[str]] = {}
    for key, kind in amendments.values_list("milestone" if is_milestone else "commitment", "kind"):
        kinds.setdefault(key, []).append(kind)
    amended = model._default_manager.exclude(amendment_state="")
    stored = dict(amended.values_list("pk", "amendment_state"))
    said = {key: state_after(some) for key, some in kinds.items()}
    return [
        (key, said.get(key, ""))
        for key in sorted(stored.keys() | said.keys())
        if stored.get(key, "") != said.get(key, "")
    ]
