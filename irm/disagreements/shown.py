"""What pages show of a place that is compared, from rows or from what is prefetched."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Case, Max, When
from django.utils.text import Truncator

from commitments.models import Commitment, Nation
from irm.codebook import COMPLETION
from irm.disagreements.rule import (
    FOUND_NONE,
    KINDS,
    AssessorsWord,
    Comparison,
    MissingEvidence,
    NotComparable,
    compare,
    governments_word,
    kinds,
    shows_whether_evidence_is_given,
    weight_of,
    why_not_comparable,
)
from irm.models import Assessment, MilestoneFinding, Report
from irm.models.codes import GivenCode
from milestones.levels import LevelCounts, lacks_evidence, same_words, sign_of
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.presenters import said_of_whole
from ogp_tracker.common.relations import attach_level_counts

if TYPE_CHECKING:
    from .survey import Survey, Whole

QUOTED_WORDS = 45

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
    cell: NationProgress | None = None
    """What is known of the milestone there, from any source."""
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
    def has_government(self) -> bool:
        return self.comparison not in {Comparison.ONLY_ASSESSOR, Comparison.NOBODY}

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
    def found_in_words(self) -> str:
        if isinstance(self.said, MilestoneFinding):
            words = self.said.found
        else:
            words = self.said.text.analysis if self.said else ""
        return quoted(words) if words else ""

    @property
    def said_at(self) -> str:
        page = self.milestone or self.commitment
        return f"{page.get_absolute_url()}#{self.said.anchor}" if self.said else ""

    @property
    def report(self) -> Report | None:
        if isinstance(self.said, MilestoneFinding):
            return self.said.assessment.report
        return self.said.report if self.said else None


@dataclass(frozen=True)
class ComparedRow:
    """A row of the list: a commitment as a whole, or a milestone with all its nations."""

    places: list[ComparedPlace]
    """One, or one for each nation in which the milestone is to be delivered."""

    @property
    def whole(self) -> ComparedPlace:
        """What is the same in every nation: the milestone, and what the assessor says of it."""
        return self.places[0]

    @property
    def marks(self) -> list[tuple[NationProgress, bool]]:
        """What is known in each nation, and whether the assessor's finding contradicts it there."""
        if self.whole.milestone is None:
            return [(cell, False) for cell in self.whole.whole]
        of_places = ((place.cell, place.comparison) for place in self.places)
        return [(cell, one == Comparison.DIFFER) for cell, one in of_places if cell is not None]

    @property
    def explained(self) -> ComparedPlace:
        """The place with most to explain: why it cannot be compared, and when it was looked at."""
        return max(self.places, key=lambda place: (place.why is not None) + place.is_later)

    @property
    def kinds(self) -> list[Comparison | MissingEvidence]:
        """Of any of its nations, in their order; without silence beside what is said elsewhere."""
        found = {kind for place in self.places for kind in place.kinds}
        spoken = found - {Comparison.NOBODY}
        return [kind for kind in KINDS if kind in (spoken or found)]

    @property
    def quotes(self) -> list[tuple[str, ProgressUpdate]]:
        """What government wrote, each update once: its account, or its words for the level."""
        given = (
            *(place.update for place in self.places),
            *(one.update for one in self.whole.whole),
        )
        updates = {update.pk: update for update in given if update is not None}.values()
        quotes = ((one.narrative or words_other_than_mark(one), one) for one in updates)
        return [(quoted(text), update) for text, update in quotes if text]


def quoted(text: str) -> str:
    """Its beginning, in quotation marks."""
    short = Truncator(text.strip().strip("“”")).words(QUOTED_WORDS)
    return f"“{short}”"


def words_other_than_mark(update: ProgressUpdate) -> str:
    words = update.words_as_published
    is_shown = not update.level or same_words(words, sign_of(update))
    return "" if is_shown else words


def rows_of(
    found: "Survey", wholes: Iterable[int], milestones: Iterable[int]
) -> tuple[dict[int, ComparedRow], dict[int, ComparedRow]]:
    """By the keys of the commitments and milestones, in their order. A fixed number of queries."""
    keys = list(milestones)
    rows = Milestone.objects.filter(pk__in=keys).select_related("commitment")
    rows = rows.prefetch_related("commitment__nations").for_commitment_page()
    of_milestones = {
        row.pk: ComparedRow(list(places_in(row, row.commitment)))
        for row in rows.prefetch_related("findings__assessment__report")
    }
    compared = {key: found.wholes[key] for key in wholes}
    of_wholes = {place.commitment.pk: ComparedRow([place]) for place in _wholes(compared)}
    return {key: of_wholes[key] for key in compared}, {key: of_milestones[key] for key in keys}


def _wholes(compared: "Mapping[int, Whole]") -> Iterator[ComparedPlace]:
    rows: list[Any] = list(Commitment.objects.filter(pk__in=compared).select_related("plan"))
    milestones = Milestone.objects.filter(commitment__in=rows)
    attach_level_counts(rows, milestones, by="commitment")
    assessments = Assessment.objects.select_related("report", "shares_text_with__commitment")
    said = assessments.in_bulk([one.said for one in compared.values() if one.said])
    cells = NationProgress.objects.of_government().filter(commitment__in=rows)
    wholes, latest = defaultdict(list), dict[tuple[int, bool], date]()
    of_wholes = cells.filter(milestone=None).select_related("nation", "update__commitment")
    for cell in of_wholes.order_by("nation__position"):
        wholes[cell.commitment_id].append(cell)
    is_whole = Case(When(milestone=None, then=True), default=False)
    days = (
        cells.filter(applies=True)
        .order_by()
        .values_list("commitment", is_whole)
        .annotate(day=Max("as_of"))
    )
    for key, of_whole, day in days:
        latest[key, of_whole] = day
    for row in rows:
        one, whole = compared[row.pk], wholes[row.pk]
        yield ComparedPlace(
            row,
            one.comparison,
            said.get(one.said or 0),
            whole=whole,
            counts=row.level_counts,
            as_of=latest.get((row.pk, any(cell.applies for cell in whole))),
        )


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
    said, found = word_in_findings(milestone.findings.all())
    for cell in milestone.cells():
        if cell.applies:
            word = governments_word(cell)
            # The page annotates `has_evidence`.
            update: Any = cell.update
            yield ComparedPlace(
                commitment,
                compare([word], found),
                said,
                milestone=milestone,
                nation=cell.nation,
                cell=cell,
                update=update if word else None,
                not_given=lacks_evidence(cell.level, update is not None and update.has_evidence)
                and shows_whether_evidence_is_given(cell.provenance, said.found if said else ""),
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
