"""What pages show of progress, put together from prefetched rows; nothing here queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import chain

from commitments.models import Commitment
from milestones.days import Timing
from milestones.levels import (
    LEVEL_NOT_GIVEN,
    NOT_APPLICABLE,
    OVERALL_SIGNS,
    READ_SIGNS,
    Level,
    Overall,
    Provenance,
    RollUp,
    Sign,
    lacks_evidence,
    same_words,
    sign_of,
)
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.targets import Target, own_updates

IN_ORDER = [
    *(sign for level in reversed(Level) for sign in (OVERALL_SIGNS[level], READ_SIGNS[level])),
    *(LEVEL_NOT_GIVEN, OVERALL_SIGNS[Overall.NOT_REPORTED], NOT_APPLICABLE),
]
"""What a cell may show, the most advanced first."""


@dataclass(frozen=True)
class GridRow:
    milestone: Milestone
    cells: list[NationProgress]
    timings: list[Timing]
    together: RollUp

    @property
    def source(self) -> NationProgress | None:
        """A cell of the only account on which the row rests: it is named once."""
        said = (cell for cell in self.cells if cell.is_reported)
        found = {(cell.provenance, cell.level_basis): cell for cell in said}
        return found.popitem()[1] if len(found) == 1 else None


@dataclass(frozen=True)
class MilestoneGrid:
    rows: list[GridRow]
    signs: list[tuple[Sign, int]]
    """What its cells show, the most advanced first, and how many of them."""
    has_findings: bool

    @property
    def total(self) -> int:
        return sum(number for _sign, number in self.signs)


def grid(commitment: Commitment, on: date) -> MilestoneGrid:
    rows = []
    signs: Counter[Sign] = Counter()
    for milestone in commitment.milestones.all():
        cells = milestone.cells()
        signs.update(sign_of(cell) if cell.applies else NOT_APPLICABLE for cell in cells)
        timings = sorted(milestone.timings(on))
        rows.append(GridRow(milestone, cells, timings, milestone.roll_up()))
    counted = [(sign, signs[sign]) for sign in IN_ORDER if signs[sign]]
    has_findings = any(row.milestone.findings.all() for row in rows)
    return MilestoneGrid(rows, counted, has_findings)


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
    """Newest first; of one date in the order of the milestones."""
    targets: list[Target] = [commitment, *commitment.milestones.all()]
    entries = chain.from_iterable(map(log, targets))
    return sorted(entries, key=lambda entry: entry.update.day, reverse=True)


@dataclass(frozen=True)
class GovernmentVoice:
    """What government itself has said; an assessor's account of it is another voice."""

    whole: list[NationProgress]
    """Of the commitment as a whole, by nation."""
    reported: int
    """On how many milestones it has said anything."""
    total: int
    is_told: bool
    """Whether an assessor's report tells of progress."""
    latest: ProgressUpdate | None


def government_voice(commitment: Commitment, entries: list[LogEntry]) -> GovernmentVoice:
    """`entries` are those of `commitment_log`."""
    milestones = list(commitment.milestones.all())
    said = [
        {cell.provenance for cell in milestone.cells() if cell.is_reported}
        for milestone in milestones
    ]
    whole = said_of_whole(commitment)
    told = Provenance.ASSESSOR_REPORT
    return GovernmentVoice(
        whole=[cell for cell in whole if cell.provenance != told],
        reported=sum(bool(given - {told}) for given in said),
        total=len(milestones),
        is_told=any(told in given for given in [*said, {cell.provenance for cell in whole}]),
        latest=last_of_government(entries),
    )


def last_of_government(entries: list[LogEntry]) -> ProgressUpdate | None:
    """The latest that government reported here or published elsewhere."""
    of_government = (
        entry.update
        for entry in entries
        if not entry.corrected_by and entry.update.provenance != Provenance.ASSESSOR_REPORT
    )
    return next(of_government, None)
