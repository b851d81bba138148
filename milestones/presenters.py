"""What pages show of progress, put together from prefetched rows; nothing here queries."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from commitments.models import Commitment
from milestones.days import Timing
from milestones.levels import LevelCounts, RollUp, lacks_evidence
from milestones.models import Milestone, NationProgress, ProgressUpdate


@dataclass(frozen=True)
class GridCell:
    """The part of a milestone in one nation, with the update that its level comes from."""

    progress: NationProgress
    update: ProgressUpdate | None


@dataclass(frozen=True)
class GridRow:
    """One milestone with its part in each nation and what assessors found."""

    milestone: Milestone
    cells: list[GridCell]
    timings: list[Timing]


def grid(commitment: Commitment, on: date) -> list[GridRow]:
    return [
        GridRow(milestone, _cells(milestone), sorted(milestone.timings(on)))
        for milestone in commitment.milestones.all()
    ]


def _cells(milestone: Milestone) -> list[GridCell]:
    updates = {update.pk: update for update in milestone.updates.all()}
    return [GridCell(row, updates.get(row.update_id or 0)) for row in milestone.cells()]


@dataclass(frozen=True)
class LogEntry:
    """A published update with what it corrects and what corrects it."""

    update: ProgressUpdate
    corrected: ProgressUpdate | None
    corrected_by: ProgressUpdate | None
    covers_all: bool

    @property
    def lacks_evidence(self) -> bool:
        """Reads the annotation `has_evidence`."""
        return lacks_evidence(self.update.level, self.update.has_evidence)  # type: ignore[attr-defined]


def log(milestone: Milestone) -> list[LogEntry]:
    """The milestone's published updates, newest first, with their corrections."""
    updates = {update.pk: update for update in milestone.updates.all()}
    by_corrected = {update.corrects_id: update for update in updates.values() if update.corrects_id}
    in_scope = {cell.nation.pk for cell in milestone.cells() if cell.applies}
    return [
        LogEntry(
            update=update,
            corrected=updates.get(update.corrects_id or 0),
            corrected_by=by_corrected.get(update.pk),
            covers_all=len(in_scope) > 1
            and in_scope <= {nation.pk for nation in update.nations.all()},
        )
        for update in updates.values()
    ]


def commitment_log(commitment: Commitment) -> list[LogEntry]:
    entries = chain.from_iterable(log(milestone) for milestone in commitment.milestones.all())
    return sorted(entries, key=_newest_first, reverse=True)


def _newest_first(entry: LogEntry) -> tuple[date, float, int]:
    update = entry.update
    return (update.day, update.recorded_at.timestamp(), update.pk)


@dataclass(frozen=True)
class GovernmentVoice:
    """What government reports of a commitment as a whole: counts, never a percentage."""

    counts: LevelCounts
    overall: list[tuple[Milestone, RollUp]]
    """Each milestone with the level of its least advanced nation among those reported."""
    latest: LogEntry | None
    has_derived_levels: bool


def government_voice(commitment: Commitment) -> GovernmentVoice:
    milestones = list(commitment.milestones.all())
    levels = (
        milestone.state or cell.level
        for milestone in milestones
        for cell in milestone.cells()
        if cell.applies
    )
    entries = commitment_log(commitment)
    return GovernmentVoice(
        counts=LevelCounts.of(levels),
        overall=[(milestone, milestone.overall()) for milestone in milestones],
        latest=next((entry for entry in entries if not entry.corrected_by), None),
        has_derived_levels=any(entry.update.level_derived for entry in entries),
    )
