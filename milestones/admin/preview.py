"""The public page as it would look with a draft published: only here, and nothing is written."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.circumstances import circumstances
from milestones.facts import copies_of, expected_cells, facts_of_update
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused, check_update

from .evidence import address_warnings


def not_ready(update: ProgressUpdate) -> str:
    """What has to be filled in before a preview is possible, or an empty string."""
    said = update.level or (update.is_from_document and update.words_as_published)
    if said and update.as_of and update.nations.exists():
        return ""
    return _(
        "Your draft is kept. For the preview, first choose a level and at least one nation, and"
        " enter the day on which it was true."
    )


def preview_of(update: ProgressUpdate, now: datetime) -> dict[str, Any]:
    shown = as_if_published(update, now)
    siblings = Milestone.objects.filter(commitment=shown.commitment).select_related("commitment")
    return {
        "update": update,
        "milestone": shown,
        "commitment": shown.commitment,
        "timings": sorted(shown.timings(timezone.localdate(now))),
        "siblings": siblings.order_by("order", "number"),
        "refusals": refusals_of(update, now),
        "warnings": address_warnings(update),
    }


def as_if_published(update: ProgressUpdate, now: datetime) -> Milestone:
    """Only rows in memory change: the update's place, the levels in nations, the due date."""
    rows = ProgressUpdate.objects.filter(Q(published_at__isnull=False) | Q(pk=update.pk))
    milestone = Milestone.objects.for_page(updates=rows).get(updates=update)
    for row in milestone.updates.all():
        if row.pk == update.pk:
            row.state, row.published_at = ProgressUpdate.State.PUBLISHED, now
    _set_cells(milestone)
    _move_due_date(milestone, update, now)
    return milestone


def _set_cells(milestone: Milestone) -> None:
    cells = {cell.nation.pk: cell for cell in milestone.cells()}
    for nation, current in expected_cells(milestone).items():
        if (cell := cells.get(nation)) is not None and current is not None:
            for name, value in copies_of(current).items():
                setattr(cell, name, value)


def _move_due_date(milestone: Milestone, update: ProgressUpdate, now: datetime) -> None:
    if update.due_on_proposed in (None, milestone.due_on):
        return
    change = Amendment(
        commitment=milestone.commitment,
        milestone=milestone,
        kind=Amendment.Kind.DUE_DATE_MOVED,
        due_from=milestone.due_on,
        due_to=update.due_on_proposed,
        reason=update.due_reason,
        institution=update.institution,
        published_at=now,
    )
    changes = milestone.commitment.amendments.all()
    # Where Django keeps what it has prefetched; a row that is not saved has no other way onto it.
    changes._result_cache = [*changes, change]
    milestone.due_on = update.due_on_proposed


def refusals_of(update: ProgressUpdate, now: datetime) -> list[str]:
    given = circumstances(
        update.target, update.institution, update.corrects, timezone.localdate(now)
    )
    try:
        check_update(facts_of_update(update), given)
    except UpdateRefused as refusal:
        return list(refusal.messages)
    return []
