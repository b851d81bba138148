"""The current copy: progress of each milestone in each nation, and what sums it up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from commitments.models import Nation
from commitments.rights import rights_of
from milestones.facts import expected_cells, local_date
from milestones.levels import NOT_REPORTED
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.settled import is_settled, text_of

from .locking import lock_milestone

ROWS_AT_ONCE = 500


def rebuild_progress(milestones: Iterable[Milestone] | None = None) -> int:
    """Make the current copy equal what the published updates say; return how many rows changed.

    Without `milestones` that of all of them: for what brings updates in without
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
            found = list(rows.filter(pk__in=keys[start : start + ROWS_AT_ONCE]))
            changed += sum(_write_cells(milestone) for milestone in found)
            changed += _write_summaries(found)
    return changed


def set_applicability(
    milestone: Milestone, nation: Nation, *, applies: bool, reason: str = "", by: User | None = None
) -> NationProgress:
    """`by` is the point of contact, or None for a command.

    Raises UpdateRefused without a reason if it does not apply, if a level has been published there,
    or if the account may not say so.
    """
    with transaction.atomic():
        locked = lock_milestone(milestone)
        if by is not None and not rights_of(by).may_edit(locked.commitment):
            raise UpdateRefused(
                _("Only the point of contact of the plan or nation says where it applies.")
            )
        row, _created = NationProgress.objects.get_or_create(milestone=locked, nation=nation)
        if not applies and not reason.strip():
            raise UpdateRefused({"not_applicable_reason": [_("Say why it does not apply.")]})
        if not applies and row.level != NOT_REPORTED:
            raise UpdateRefused(
                {"applies": [_("A level has been published for this nation: it does apply.")]}
            )
        row.applies = applies
        row.not_applicable_reason = "" if applies else reason
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=["applies", "not_applicable_reason"])
        _write_summaries([locked])
    return row


def _write_cells(milestone: Milestone) -> int:
    """`milestone` comes from `for_cells()`. Returns how many rows were written."""
    stored = {row.nation_id: row for row in milestone.nation_progress.all()}
    changed = 0
    for nation_id, update in expected_cells(milestone).items():
        row = stored.get(nation_id)
        if row and (row.update_id, row.level, row.as_of) == _cell_of(update):
            continue
        row = row or NationProgress(milestone=milestone, nation_id=nation_id)
        row.update_id, row.level, row.as_of = _cell_of(update)
        # What changed is no part of the versions.
        row.skip_history_when_saving = True  # type: ignore[attr-defined]
        row.save()
        del row.skip_history_when_saving  # type: ignore[attr-defined]
        changed += 1
    return changed


def _write_summaries(milestones: Sequence[Milestone]) -> int:
    """Where they are settled and when last reported on. Returns how many were changed."""
    codes: dict[int, list[str]] = defaultdict(list)
    cells = NationProgress.objects.filter(milestone__in=milestones).order_by()
    for key, code, applies, level in cells.values_list(
        "milestone", "nation__code", "applies", "level"
    ):
        if is_settled(applies, level):
            codes[key].append(code)
    published = ProgressUpdate.objects.published().filter(milestone__in=milestones).order_by()
    latest = dict(published.values_list("milestone").annotate(Max("published_at")))
    changed = 0
    for milestone in milestones:
        summary = (text_of(codes[milestone.pk]), local_date(latest.get(milestone.pk)))
        if (milestone.settled_in, milestone.last_reported_on) != summary:
            milestone.settled_in, milestone.last_reported_on = summary
            # Past the versions: nobody edited anything.
            Milestone.objects.filter(pk=milestone.pk).update(
                settled_in=milestone.settled_in, last_reported_on=milestone.last_reported_on
            )
            changed += 1
    return changed


def _cell_of(update: ProgressUpdate | None) -> tuple[int | None, str, date | None]:
    return (update.pk, update.level, update.as_of) if update else (None, NOT_REPORTED, None)
