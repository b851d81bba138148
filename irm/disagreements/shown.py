"""What pages show of a place in which the two voices part, out of rows or of what is prefetched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.models import Commitment, Nation
from irm.codebook import COMPLETION
from irm.disagreements.rule import Comparison, Found, Kind, compare, first_heard, kinds
from irm.models import Assessment, MilestoneFinding, Report
from irm.models.assessment import Code
from milestones.levels import NOT_REPORTED, LevelCounts, lacks_evidence
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.common.relations import attach_level_counts


@dataclass(frozen=True)
class Place:
    """A commitment as a whole, or a milestone in a nation, with what both voices say of it."""

    commitment: Commitment
    comparison: Comparison
    said: Assessment | MilestoneFinding | None
    """The assessor's word that is compared: of the whole, or of the milestone as a whole."""
    milestone: Milestone | None = None
    nation: Nation | None = None
    level: str = NOT_REPORTED
    update: ProgressUpdate | None = None
    counts: LevelCounts | None = None
    not_given: bool = False
    not_found: bool = False
    is_later: bool = False
    """Whether government speaks of a day after the evidence that the assessor considered."""

    @property
    def kinds(self) -> list[Kind]:
        """Return of which kinds of disagreement it is."""
        return kinds(self.comparison, not_given=self.not_given, not_found=self.not_found)

    @property
    def code(self) -> Code:
        """Return the completion code that is compared, of value None if there is none."""
        return Code(COMPLETION, COMPLETION.value(self.said.completion if self.said else ""))

    @property
    def said_at(self) -> str:
        """Return the address at which the assessor's words stand."""
        page = self.milestone or self.commitment
        return f"{page.get_absolute_url()}#{self.said.anchor}" if self.said else ""

    @property
    def report(self) -> Report | None:
        """Return the report in which the assessor has spoken."""
        if isinstance(self.said, MilestoneFinding):
            return self.said.assessment.report
        return self.said.report if self.said else None


def places(rows: list[Any]) -> list[Place]:
    """Return what a page of the list shows of rows of `Places`. A fixed number of queries."""
    wholes: list[Any] = [row for row in rows if isinstance(row, Commitment)]
    parts: list[Any] = [row for row in rows if isinstance(row, Milestone)]
    milestones = Milestone.objects.filter(commitment__in=[row.pk for row in wholes])
    attach_level_counts(wholes, milestones, by="commitment")
    assessments = Assessment.objects.select_related("report").in_bulk(_keys(wholes, "said_key"))
    findings = MilestoneFinding.objects.select_related("assessment__report").in_bulk(
        _keys(parts, "said_key")
    )
    updates = ProgressUpdate.objects.select_related("milestone__commitment").in_bulk(
        _keys(parts, "place_update")
    )
    nations = Nation.objects.in_bulk(_keys(parts, "part_nation"))
    return [
        *(_whole(row, assessments.get(row.said_key)) for row in wholes),
        *(
            _part(row, findings.get(row.said_key), updates.get(row.place_update), nations)
            for row in parts
        ),
    ]


def _keys(rows: Iterable[Any], name: str) -> list[int]:
    return [key for row in rows if (key := getattr(row, name)) is not None]


def _whole(row: Any, said: Assessment | None) -> Place:
    return Place(row, said=said, counts=row.level_counts, **_compared(row))


def _part(
    row: Any,
    said: MilestoneFinding | None,
    update: ProgressUpdate | None,
    nations: dict[int, Nation],
) -> Place:
    return Place(
        row.commitment,
        said=said,
        milestone=row,
        nation=nations[row.part_nation],
        level=update.level if update else NOT_REPORTED,
        update=update,
        **_compared(row),
    )


def _compared(row: Any) -> dict[str, Any]:
    """Return what the database has found out."""
    return {
        "comparison": Comparison(row.comparison),
        "not_given": row.not_given,
        "not_found": row.not_found,
        "is_later": row.is_later,
    }


# Out of what a page has prefetched; nothing below queries -----------------------------------------


def places_of(commitment: Commitment) -> list[Place]:
    """Return the places of a commitment of which the page shows all: itself, then its parts."""
    milestones = list(commitment.milestones.all())
    cells = [cell for milestone in milestones for cell in milestone.cells() if cell.applies]
    parts = [place for milestone in milestones for place in places_in(milestone, commitment)]
    said, found = heard_in_assessments(commitment.assessments.all())
    days = [cell.as_of for cell in cells if cell.as_of]
    whole = Place(
        commitment,
        compare((cell.level for cell in cells), found),
        said,
        counts=LevelCounts.of(cell.level for cell in cells),
        not_found=found is not None and found.is_no_evidence,
        is_later=_is_later(max(days, default=None), said.report if said else None),
    )
    return [whole, *parts]


def places_in(milestone: Milestone, commitment: Commitment) -> Iterator[Place]:
    """Yield the parts of a milestone that apply."""
    updates = {update.pk: update for update in milestone.updates.all()}
    said, found = heard_in_findings(milestone.findings.all())
    for cell in milestone.cells():
        if cell.applies:
            update: Any = updates.get(cell.update_id or 0)
            yield Place(
                commitment,
                compare([cell.level], found),
                said,
                milestone=milestone,
                nation=cell.nation,
                level=cell.level,
                update=update,
                not_given=lacks_evidence(cell.level, update is not None and update.has_evidence),
                not_found=found is not None and found.is_no_evidence,
                is_later=_is_later(cell.as_of, said.assessment.report if said else None),
            )


def heard_in_assessments(
    assessments: Iterable[Assessment],
) -> tuple[Assessment | None, Found | None]:
    """Return the assessment that speaks of a commitment's completion, and what it says."""
    return _heard(
        (row, Found(row.completion, row.report.kind, bool(row.text.analysis)))
        for row in assessments
        if row.report.stage == Report.Stage.FINAL
    )


def heard_in_findings(
    findings: Iterable[MilestoneFinding],
) -> tuple[MilestoneFinding | None, Found | None]:
    """Return the finding that speaks of a milestone's completion, and what it says."""
    return _heard(
        (row, Found(row.completion, row.assessment.report.kind, in_words=True))
        for row in findings
        if row.assessment.report.stage == Report.Stage.FINAL
    )


def _heard(rows: Iterable[tuple[Any, Found]]) -> tuple[Any, Found | None]:
    spoken = [(row, found) for row, found in rows if found.has_spoken]
    if not spoken:
        return None, None
    return max(
        spoken, key=lambda pair: (first_heard(pair[1].code, pair[1].report_kind), -pair[0].pk)
    )


def _is_later(day: date | None, report: Report | None) -> bool:
    until = report.evidence_cut_off if report else None
    return day is not None and until is not None and day > until
