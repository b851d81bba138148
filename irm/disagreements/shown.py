"""What pages show of a place that is compared, from rows or from what is prefetched."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from commitments.models import Commitment, Nation
from irm.codebook import COMPLETION
from irm.disagreements.rule import (
    FOUND_NONE,
    AssessorsWord,
    Comparison,
    MissingEvidence,
    NotComparable,
    compare,
    governments_word,
    kinds,
    weight_of,
    why_not_comparable,
)
from irm.models import Assessment, MilestoneFinding, Report
from irm.models.codes import GivenCode
from milestones.levels import LevelCounts, lacks_evidence
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.presenters import said_of_whole
from ogp_tracker.common.relations import attach_level_counts

if TYPE_CHECKING:
    from .rows import PartRow, WholeRow

R = TypeVar("R", Assessment, MilestoneFinding)


@dataclass(frozen=True)
class ComparedPlace:
    """A commitment as a whole, or a milestone in a nation, with what both sides say about it."""

    commitment: Commitment
    comparison: Comparison
    said: Assessment | MilestoneFinding | None
    """The assessor's word that is compared: on the whole, or on the milestone as a whole."""
    milestone: Milestone | None = None
    nation: Nation | None = None
    update: ProgressUpdate | None = None
    """Government's update on a milestone, if it has reported."""
    whole: Sequence[NationProgress] = ()
    """What government says of a commitment as a whole."""
    counts: LevelCounts | None = None
    """Of the milestones, for a commitment of which it says nothing as a whole."""
    not_given: bool = False
    as_of: date | None = None
    """The latest as-of date of what government says."""

    @property
    def not_found(self) -> bool:
        return self.said is not None and self.said.completion == FOUND_NONE

    @property
    def is_later(self) -> bool:
        """Whether government's as-of date is after the cut-off date of the assessor's evidence."""
        until = self.report.evidence_cut_off if self.report else None
        return self.as_of is not None and until is not None and self.as_of > until

    @property
    def kinds(self) -> list[Comparison | MissingEvidence]:
        return kinds(self.comparison, not_given=self.not_given, not_found=self.not_found)

    @property
    def why(self) -> NotComparable | None:
        """Why the two cannot be compared, where they cannot."""
        if self.said is None or self.comparison != Comparison.NOT_COMPARABLE:
            return None
        return why_not_comparable(self.said.completion)

    @property
    def code(self) -> GivenCode:
        return GivenCode(COMPLETION, COMPLETION.value(self.said.completion if self.said else ""))

    @property
    def said_at(self) -> str:
        page = self.milestone or self.commitment
        return f"{page.get_absolute_url()}#{self.said.anchor}" if self.said else ""

    @property
    def report(self) -> Report | None:
        if isinstance(self.said, MilestoneFinding):
            return self.said.assessment.report
        return self.said.report if self.said else None


def places(rows: "Sequence[WholeRow | PartRow]") -> list[ComparedPlace]:
    """A fixed number of queries."""
    wholes = cast("list[WholeRow]", [row for row in rows if isinstance(row, Commitment)])
    parts = cast("list[PartRow]", [row for row in rows if isinstance(row, Milestone)])
    milestones = Milestone.objects.filter(commitment__in=[row.pk for row in wholes])
    attach_level_counts(wholes, milestones, by="commitment")
    assessments = Assessment.objects.select_related("report").in_bulk(_keys(wholes, "said_key"))
    findings = MilestoneFinding.objects.select_related("assessment__report").in_bulk(
        _keys(parts, "said_key")
    )
    updates = ProgressUpdate.objects.select_related("commitment", "milestone__commitment").in_bulk(
        _keys(parts, "place_update")
    )
    nations = Nation.objects.in_bulk(_keys(parts, "part_nation"))
    said = defaultdict(list)
    of_wholes = NationProgress.objects.of_government().filter(milestone=None, commitment__in=wholes)
    for cell in of_wholes.select_related("nation").order_by("nation__position"):
        said[cell.commitment_id].append(cell)
    return [
        *(
            ComparedPlace(
                row,
                said=assessments.get(row.said_key),
                whole=said[row.pk],
                counts=row.level_counts,
                **_compared(row),
            )
            for row in wholes
        ),
        *(
            ComparedPlace(
                row.commitment,
                said=findings.get(row.said_key),
                milestone=row,
                nation=nations[row.part_nation],
                update=updates.get(row.place_update),
                **_compared(row),
            )
            for row in parts
        ),
    ]


def _keys(rows: Iterable[object], name: str) -> list[int]:
    return [key for row in rows if (key := getattr(row, name)) is not None]


def _compared(row: "WholeRow | PartRow") -> dict[str, Any]:
    comparison = Comparison(row.comparison)
    return {"comparison": comparison, "not_given": row.not_given, "as_of": row.as_of}


# Out of what a page has prefetched; nothing below queries -----------------------------------------


def places_of(commitment: Commitment) -> list[ComparedPlace]:
    """The commitment as a whole, then its parts."""
    milestones = list(commitment.milestones.all())
    steps = [cell for milestone in milestones for cell in milestone.cells() if cell.applies]
    whole = [cell for cell in said_of_whole(commitment) if governments_word(cell)]
    cells = [cell for cell in whole or steps if governments_word(cell)]
    parts = [place for milestone in milestones for place in places_in(milestone, commitment)]
    said, found = word_in_assessments(commitment.assessments.all())
    place = ComparedPlace(
        commitment,
        compare(map(governments_word, cells), found),
        said,
        whole=whole,
        as_of=max((cell.as_of for cell in cells if cell.as_of), default=None),
    )
    return [place, *parts]


def places_in(milestone: Milestone, commitment: Commitment) -> Iterator[ComparedPlace]:
    # The page annotates `has_evidence`.
    updates: dict[int, Any] = {update.pk: update for update in milestone.updates.all()}
    said, found = word_in_findings(milestone.findings.all())
    for cell in milestone.cells():
        if cell.applies:
            word = governments_word(cell)
            update = updates.get(cell.update_id or 0) if word else None
            yield ComparedPlace(
                commitment,
                compare([word], found),
                said,
                milestone=milestone,
                nation=cell.nation,
                update=update,
                not_given=lacks_evidence(word, update is not None and update.has_evidence),
                as_of=cell.as_of if word else None,
            )


def word_in_assessments(
    assessments: Iterable[Assessment],
) -> tuple[Assessment | None, AssessorsWord | None]:
    """The assessment to compare a commitment with, and what it says about completion."""
    return _weightiest((row, row.report, row.text.analysis) for row in assessments)


def word_in_findings(
    findings: Iterable[MilestoneFinding],
) -> tuple[MilestoneFinding | None, AssessorsWord | None]:
    """The finding to compare a milestone with, and what it says about completion."""
    return _weightiest((row, row.assessment.report, row.found) for row in findings)


def _weightiest(
    rows: Iterable[tuple[R, Report, str]],
) -> tuple[R | None, AssessorsWord | None]:
    found = [
        (row, AssessorsWord(row.completion, report.kind, bool(words)))
        for row, report, words in rows
        if report.stage == Report.Stage.FINAL
    ]
    return max(
        (pair for pair in found if pair[1].finds_something),
        key=lambda pair: (weight_of(pair[1].code, pair[1].report_kind), -pair[0].pk),
        default=(None, None),
    )
