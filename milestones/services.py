"""The only writers of progress: who reports, publishes or moves a due day comes through here.

Each writer takes the lock, asks the rule again, and writes the history row and the current
copy in one transaction with one frozen `now`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution, Nation
from milestones import statuses
from milestones.facts import (
    EvidenceFacts,
    Report,
    Source,
    circumstances,
    columns_of_report,
    expected_cells,
    facts_of_report,
    facts_of_update,
    nations_spoken_for,
)
from milestones.levels import NOT_REPORTED
from milestones.models import (
    DueDateChange,
    Evidence,
    Milestone,
    NationProgress,
    ProgressUpdate,
)
from milestones.statuses import UpdateRefused

__all__ = [
    "EvidenceFacts",
    "Report",
    "Source",
    "UpdateRefused",
    "circumstances",
    "delete_milestone",
    "discard_update",
    "expected_cells",
    "move_due_day",
    "nations_spoken_for",
    "publish_update",
    "rebuild_progress",
    "record_update",
    "revise_update",
    "set_applicability",
]

ROWS_AT_ONCE = 500


def record_update(
    milestone: Milestone,
    report: Report,
    *,
    institution: Institution | None,
    by: Any,
    now: datetime | None = None,
) -> ProgressUpdate:
    """Write `report` as an unpublished update with its evidence and return it.

    `by` is the account that reports, or None if the words come from a document. Raises
    UpdateRefused with every problem beside its field; then nothing is written.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _lock(milestone)
        _check(locked, facts_of_report(report, institution), institution, report.corrects, now)
        update = ProgressUpdate(milestone=locked)
        _write_report(update, report, institution, by, now)
    return update


def publish_update(
    update: ProgressUpdate, *, by: Any, co_signed_by: Any = None, now: datetime | None = None
) -> ProgressUpdate:
    """Publish `update`, signed off by the account `by`, and return it as it now stands.

    `co_signed_by` is the civil-society lead who agrees, where the plan requires one.

    Writes the current copy of each nation in the same transaction. Publishing again what is
    published writes nothing. Raises UpdateRefused if the rules no longer allow it, or if the
    plan needs a signature that is missing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        milestone = _lock(update.milestone)
        update = ProgressUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
        if update.is_published:
            return update
        _check(milestone, facts_of_update(update), update.institution, update.corrects, now)
        _check_sign_off(update, by, co_signed_by)
        update.state = ProgressUpdate.State.PUBLISHED
        update.signed_off_by = by
        update.co_signed_by = co_signed_by
        update.published_at = now
        update.save()
        rebuild_progress([milestone])
    return update


def move_due_day(
    milestone: Milestone,
    *,
    to: date,
    reason: str,
    institution: Institution | None,
    by: Any,
    now: datetime | None = None,
) -> DueDateChange:
    """Move the milestone's due day and keep the old one with the reason; return the change.

    Raises UpdateRefused without a reason, or if the day does not move.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _lock(milestone)
        statuses.check_due_day(moved_from=locked.due_on, moved_to=to, reason=reason)
        change = DueDateChange.objects.create(
            milestone=locked,
            moved_from=locked.due_on,
            moved_to=to,
            reason=reason,
            institution=institution,
            moved_by=by,
            moved_at=now,
        )
        locked.due_on = to
        locked.save(update_fields=["due_on"])
    return change


def set_applicability(
    milestone: Milestone, nation: Nation, *, applies: bool, reason: str = ""
) -> NationProgress:
    """Say whether the milestone applies in the nation, with the reason if not; return the row.

    Raises UpdateRefused without a reason, or if a level has been published there.
    """
    with transaction.atomic():
        locked = _lock(milestone)
        row, _created = NationProgress.objects.get_or_create(milestone=locked, nation=nation)
        if not applies and not reason.strip():
            raise UpdateRefused({"not_applicable_reason": [_("Say why it does not apply.")]})
        if not applies and row.level != NOT_REPORTED:
            raise UpdateRefused(
                {"applies": [_("A level has been published for this nation: it does apply.")]}
            )
        row.applies = applies
        row.not_applicable_reason = "" if applies else reason
        row.save(update_fields=["applies", "not_applicable_reason"])
    return row


def rebuild_progress(milestones: Iterable[Milestone] | None = None) -> int:
    """Make the current copy equal what the published updates say; return how many rows changed.

    Without `milestones` that of all of them: for doors that bring updates in without
    `publish_update`, such as `loaddata`. The number of queries that read grows with every 500
    milestones, not with each.
    """
    if milestones is None:
        keys = list(Milestone.objects.order_by("pk").values_list("pk", flat=True))
    else:
        keys = sorted({milestone.pk for milestone in milestones})
    changed = 0
    with transaction.atomic():
        for start in range(0, len(keys), ROWS_AT_ONCE):
            # In the order of their keys, so that two rebuilds cannot lock each other out.
            rows = Milestone.objects.for_cells().select_for_update(of=("self",)).order_by("pk")
            for milestone in rows.filter(pk__in=keys[start : start + ROWS_AT_ONCE]):
                changed += _write_cells(milestone)
    return changed


def revise_update(
    update: ProgressUpdate,
    report: Report,
    *,
    institution: Institution | None,
    by: Any,
    now: datetime | None = None,
) -> ProgressUpdate:
    """Put `report` in the place of what the unpublished `update` says, and return it.

    Its author is now `by`, so that the sign-off is still a second person's; what was submitted
    becomes a draft again. Raises UpdateRefused as `record_update` does, or if it is published.
    """
    now = now or timezone.now()
    with transaction.atomic():
        milestone = _lock(update.milestone)
        update = _lock_unpublished(update)
        _check(milestone, facts_of_report(report, institution), institution, report.corrects, now)
        update.state = ProgressUpdate.State.DRAFT
        update.evidence.all().delete()
        _write_report(update, report, institution, by, now)
    return update


def discard_update(update: ProgressUpdate) -> None:
    """Delete the unpublished `update` and its evidence; raise UpdateRefused if it is published."""
    with transaction.atomic():
        _lock(update.milestone)
        update = _lock_unpublished(update)
        update.evidence.all().delete()
        update.delete()


def delete_milestone(milestone: Milestone) -> None:
    """Delete a milestone of a draft commitment, with its empty cells and its moved due days.

    Raises UpdateRefused if the commitment is public, ProtectedError if anybody has reported on
    the milestone or assessed it.
    """
    with transaction.atomic():
        locked = _lock(milestone)
        if locked.commitment.published_on is not None:
            raise UpdateRefused(_("The milestone of a public commitment is not deleted."))
        locked.nation_progress.all().delete()
        locked.due_date_changes.all().delete()
        locked.delete()


def _lock(milestone: Milestone) -> Milestone:
    """Return the milestone as it stands, locked until the transaction ends.

    PostgreSQL locks the row; on SQLite every transaction already holds the write lock.
    """
    return (
        Milestone.objects.select_for_update(of=("self",))
        .select_related("commitment__plan")
        .get(pk=milestone.pk)
    )


def _check(
    milestone: Milestone,
    facts: statuses.ReportFacts,
    institution: Institution | None,
    corrects: ProgressUpdate | None,
    now: datetime,
) -> None:
    on = timezone.localdate(now)
    statuses.check_update(facts, circumstances(milestone, institution, corrects, on))


def _check_sign_off(update: ProgressUpdate, by: Any, co_signed_by: Any) -> None:
    plan = update.milestone.commitment.plan
    if plan is not None and not update.is_from_document:
        statuses.check_sign_off(
            recorded_by=update.recorded_by,
            signed_off_by=by,
            co_signed_by=co_signed_by,
            needs_sign_off=plan.needs_sign_off,
            needs_civil_society=plan.needs_civil_society_sign_off,
        )


def _save(row: ProgressUpdate | Evidence, shown_at: str = "") -> None:
    """Save `row` if its fields and constraints allow it; else refuse, beside the fields.

    `shown_at` is the field of the report at which problems of the row belong, if not its own.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise UpdateRefused({shown_at: error.messages} if shown_at else error) from error
    row.save()


def _write_cells(milestone: Milestone) -> int:
    """Write the rows of the current copy that differ from the published updates.

    `milestone` comes from `for_cells()`. Returns how many rows were written.
    """
    stored = {row.nation_id: row for row in milestone.nation_progress.all()}
    changed = 0
    for nation_id, update in expected_cells(milestone).items():
        row = stored.get(nation_id)
        if row and (row.update_id, row.level, row.as_of) == _cell_of(update):
            continue
        row = row or NationProgress(milestone=milestone, nation_id=nation_id)
        row.update_id, row.level, row.as_of = _cell_of(update)
        row.save()
        changed += 1
    return changed


def _cell_of(update: ProgressUpdate | None) -> tuple[int | None, str, date | None]:
    return (update.pk, update.level, update.as_of) if update else (None, NOT_REPORTED, None)


def _lock_unpublished(update: ProgressUpdate) -> ProgressUpdate:
    """Return the update as it stands, locked. Raises UpdateRefused if it has been published."""
    update = ProgressUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
    if update.is_published:
        raise UpdateRefused(
            _("This report has been published meanwhile. Write a new one that corrects it.")
        )
    return update


def _write_report(
    update: ProgressUpdate, report: Report, institution: Institution | None, by: Any, now: datetime
) -> None:
    """Write what `report` says into the unpublished `update`, its nations and its evidence."""
    for name, value in columns_of_report(report).items():
        setattr(update, name, value)
    update.institution, update.recorded_by, update.recorded_at = institution, by, now
    _save(update)
    update.nations.set(report.nations)
    for piece in report.evidence:
        _save(Evidence(update=update, **vars(piece)), shown_at="evidence")
