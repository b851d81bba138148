"""What an update speaks of: one milestone, or a commitment as a whole."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.models.nation_progress import NationProgressQuerySet

Target = Milestone | Commitment


def commitment_of(target: Target) -> Commitment:
    return target.commitment if isinstance(target, Milestone) else target


def columns_of(target: Target) -> dict[str, Any]:
    milestone = target if isinstance(target, Milestone) else None
    return {"commitment": commitment_of(target), "milestone": milestone}


def lead_of(target: Target) -> int | None:
    """The key of a milestone's own lead, where it differs from the commitment's."""
    return target.lead_id if isinstance(target, Milestone) else None


def due_date_of(target: Target) -> date | None:
    """A commitment as a whole is due by its own last day."""
    return target.due_on if isinstance(target, Milestone) else target.end_date


def due_column(target: Target) -> str:
    return "due_on" if isinstance(target, Milestone) else "end_date"


def text_column(target: Target) -> str:
    return "text" if isinstance(target, Milestone) else "objective"


def name_of(target: Target) -> str:
    return target.name if isinstance(target, Milestone) else _("The commitment as a whole")


def address_of(target: Target) -> str:
    """How an address names the target, as in `?milestone=1`."""
    return f"{'milestone' if isinstance(target, Milestone) else 'commitment'}={target.pk}"


def cells_of(target: Target) -> list[NationProgress]:
    """One row per nation in scope, as `Milestone.cells`."""
    if isinstance(target, Milestone):
        return target.cells()
    stored = {row.nation_id: row for row in progress_of(target).select_related("nation")}
    nations = target.nations.all()
    return [stored.get(one.pk) or NationProgress(commitment=target, nation=one) for one in nations]


def own_updates(target: Target) -> list[ProgressUpdate]:
    """Those about the target itself, of the ones that are prefetched."""
    whole = None if isinstance(target, Commitment) else target.pk
    return [update for update in target.updates.all() if update.milestone_id == whole]


def progress_of(target: Target) -> NationProgressQuerySet:
    return NationProgress.objects.filter(**columns_of(target))


def for_cells(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """As `Milestone.objects.for_cells()`, of what is said of the commitments as a whole."""
    updates = ProgressUpdate.objects.published().filter(milestone=None)
    cells = NationProgress.objects.filter(milestone=None).select_related("nation")
    return rows.prefetch_related(
        "nations",
        Prefetch("nation_progress", cells),
        Prefetch("updates", updates.prefetch_related("nations")),
    )


def said_of_as_a_whole() -> QuerySet[Commitment]:
    """Commitments of which an update, or the current copy of one, speaks as a whole."""
    whole = {"milestone": None, "commitment": OuterRef("pk")}
    updates = ProgressUpdate.objects.filter(**whole)
    cells = NationProgress.objects.filter(**whole)
    return Commitment.objects.filter(Exists(updates) | Exists(cells))


def split(targets: Iterable[Target]) -> tuple[list[int], list[int]]:
    """The keys of the milestones and of the commitments, each once and in order."""
    keys: dict[type, set[int]] = {Milestone: set(), Commitment: set()}
    for one in targets:
        keys[type(one)].add(one.pk)
    return sorted(keys[Milestone]), sorted(keys[Commitment])
