"""What pages show of progress, put together from prefetched rows; nothing here queries."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from commitments.models import Commitment
from milestones.days import Timing
from milestones.levels import (
    LevelCounts,
    Provenance,
    RollUp,
    lacks_evidence,
    same_words,
    sign_of,
)
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.targets import Target, own_updates


@dataclass(frozen=True)
class GridRow:
    milestone: Milestone
    cells: list[tuple[NationProgress, ProgressUpdate | None]]
    timings: list[Timing]


def grid(commitment: Commitment, on: date) -> list[GridRow]:
    rows = []
    for milestone in commitment.milestones.all():
        updates = {update.pk: update for update in milestone.updates.all()}
        cells = [(cell, updates.get(cell.update_id or 0)) for cell in milestone.cells()]
        rows.append(GridRow(milestone, cells, sorted(milestone.timings(on))))
    return rows


@dataclass(frozen=True)
class LogEntry:
    update: ProgressUpdate
    corrected: ProgressUpdate | None
    corrected_by: ProgressUpdate | None
    covers_all: bool

    @property
    def has_other_words(self) -> bool:
        """Whether the source gives the level in words other than those of the mark."""
        words = self.update.words_as_published
        return bool(self.update.level and words) and not same_words(words, sign_of(self.update))

    @property
    def lacks_evidence(self) -> bool:
        """Reads `has_evidence`. The assessor's footnotes are not asked of government."""
        update = self.update
        if update.provenance == Provenance.ASSESSOR_REPORT:
            return False
        return lacks_evidence(update.level, update.has_evidence)  # type: ignore[attr-defined]


def said_of_whole(commitment: Commitment) -> list[NationProgress]:
    """Where something is said of it as a whole, in the nations' order; from `for_page`."""
    cells = (cell for update in own_updates(commitment) for cell in update.current_in.all())
    current = {cell.nation_id: cell for cell in cells}
    nations = [nation for nation in commitment.nations.all() if nation.pk in current]
    for nation in nations:
        current[nation.pk].nation = nation
    return [current[nation.pk] for nation in nations]


def log(target: Target) -> list[LogEntry]:
    """Its published updates, newest first, with their corrections."""
    updates = {row.pk: row for row in own_updates(target)}
    by_corrected = {update.corrects_id: update for update in updates.values() if update.corrects_id}
    if isinstance(target, Milestone):
        in_scope = {cell.nation.pk for cell in target.cells() if cell.applies}
    else:
        in_scope = {nation.pk for nation in target.nations.all()}
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
    targets: list[Target] = [commitment, *commitment.milestones.all()]
    return sorted(
        chain.from_iterable(map(log, targets)),
        key=lambda entry: (entry.update.day, entry.update.recorded_at, entry.update.pk),
        reverse=True,
    )


@dataclass(frozen=True)
class GovernmentVoice:
    """What is known of a commitment's progress: counts, never a percentage."""

    counts: LevelCounts
    whole: list[NationProgress]
    """Where something is said of the commitment as a whole."""
    overall: list[tuple[Milestone, RollUp]]
    """Each milestone with what its nations make of it together."""
    reported: list[NationProgress]
    """The current copies behind all this, which know whose account they are."""
    latest: LogEntry | None

    @property
    def is_told(self) -> bool:
        return {row.provenance for row in self.reported} == {Provenance.ASSESSOR_REPORT}


def government_voice(commitment: Commitment) -> GovernmentVoice:
    milestones = list(commitment.milestones.all())
    overall = [(milestone, milestone.roll_up()) for milestone in milestones]
    whole = said_of_whole(commitment)
    cells = [cell for milestone in milestones for cell in milestone.cells() if cell.is_reported]
    return GovernmentVoice(
        counts=LevelCounts.of(
            (milestone.state or one.overall, one.is_read, milestone.last_reported_on is None)
            for milestone, one in overall
        ),
        whole=whole,
        overall=overall,
        reported=[*whole, *cells],
        latest=next((one for one in commitment_log(commitment) if not one.corrected_by), None),
    )
