"""The check before sending: the answers, and the public page as it would look; all of it read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.circumstances import circumstances
from milestones.facts import copies_of, expected_cells, facts_of_update, fingerprint
from milestones.levels import NEEDS_EVIDENCE
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.outlook import level_in, schedule_in
from milestones.progress_rules import UpdateRefused, check_update
from milestones.targets import name_of
from milestones.views import context_of

from .evidence import address_warnings


@dataclass(frozen=True)
class Answer:
    label: str
    text: str
    field: str
    """The id of the field in which it is changed."""


def answers_of(update: ProgressUpdate) -> list[Answer]:
    """What the author said, in the order of the form; left out is what was not asked."""
    source = [update.source_title, update.source_locator, update.source_url]
    pieces = [
        ", ".join(filter(None, (one.title, one.locator, one.url, one.file_name)))
        for one in update.evidence.all()
    ]
    moved = update.due_on_proposed
    evidence = "evidence-group" if pieces or update.level in NEEDS_EVIDENCE else "with-evidence"
    named = [
        Answer(_("Corrects"), str(update.corrects or ""), "id_corrects"),
        Answer(_("Why it corrects"), update.correction_reason, "id_correction_reason"),
        Answer(_("Nations"), ", ".join(map(str, update.nations.all())), "id_nations_0"),
        Answer(_("As of"), update.as_of_in_words, "id_as_of"),
        Answer(_("Level"), level_in(update), "id_level_0"),
        Answer(_("Schedule"), schedule_in(update) if update.schedule else "", "id_schedule_0"),
        Answer(_("What was done"), update.narrative, "id_narrative"),
        Answer(_("What stands in the way"), update.obstacles, "id_obstacles"),
        Answer(_("Evidence"), "\n".join(pieces) or _("None"), evidence),
        Answer(_("New due date"), date_format(moved) if moved else "", "id_due_on_proposed"),
        Answer(_("Why the due date moves"), update.due_reason, "id_due_reason"),
        Answer(_("Published document"), ", ".join(filter(None, source)), "id_source_title"),
    ]
    return [answer for answer in named if answer.text]


def not_ready(update: ProgressUpdate) -> str:
    """What has to be filled in before a preview is possible, or an empty string."""
    said = update.level or (update.is_from_document and update.words_as_published)
    if said and update.as_of and update.nations.exists():
        return ""
    return _(
        "Your draft is saved. To see the preview, choose a level and at least one nation, and enter"
        " the date on which it was true."
    )


def preview_of(
    update: ProgressUpdate, now: datetime, refusals: Sequence[str] = ()
) -> dict[str, Any]:
    """Of a commitment as a whole only the answers are shown."""
    page = {
        "page": "base.html",
        "update": update,
        "name": name_of(update.target),
        "commitment": update.commitment,
        "answers": answers_of(update),
        "read": fingerprint(update),
        "refusals": refusals or refusals_of(update, now),
        "warnings": address_warnings(update),
    }
    if update.milestone is None:
        return page
    shown = context_of(as_if_published(update, now), timezone.localdate(now))
    return page | shown | {"page": "milestones/milestone.html"}


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
