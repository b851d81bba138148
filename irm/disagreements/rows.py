"""The same rule in SQL: every place, compared by the database, for the data.

A place is a commitment as a whole, or a part: one milestone in one nation in scope. Only final
reports are compared: a version for public comment may still change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from commitments.models import Commitment, Nation
from irm.codebook import BLANK, COMPLETION, precedence
from irm.disagreements.rule import (
    FINDINGS,
    FOOTNOTE_MARK,
    FOUND_NONE,
    LEVEL_OF,
    Comparison,
    MissingEvidence,
    Unit,
)
from irm.models import Assessment, MilestoneFinding
from irm.querysets import HAS_WORDS
from milestones.conditions import lacks_evidence
from milestones.levels import ORDER, Provenance
from milestones.models import Milestone, NationProgress


@dataclass(frozen=True)
class Places:
    """Places of both units: the commitments first, then the parts."""

    wholes: QuerySet[Commitment]
    parts: QuerySet[Milestone]
    """One row for each milestone and nation."""

    model = Commitment
    """Filters ask for it."""

    @classmethod
    def public(cls) -> Self:
        """Every place that readers may see, in the order in which they were recorded."""
        parts: QuerySet[Any] = _parts()
        return cls(_wholes().order_by("pk"), parts.order_by("pk", "part_position"))

    @classmethod
    def none(cls) -> Self:
        return cls(Commitment.objects.none(), Milestone.objects.none())

    def of_kind(self, *kinds: str) -> Self:
        wanted = reduce(or_, (IS_OF[kind] for kind in kinds))
        return self.narrowed(wanted, wanted)

    def of_unit(self, *units: str) -> Self:
        nothing = Q(pk__in=())
        return self.narrowed(*(Q() if unit in units else nothing for unit in Unit))

    def of_commitments(
        self, commitments: QuerySet[Commitment], nations: Sequence[Nation] = ()
    ) -> Self:
        here = Q(part_nation__in=[nation.pk for nation in nations]) if nations else Q()
        keys = commitments.values("pk")
        return self.narrowed(Q(pk__in=keys), Q(commitment__in=keys) & here)

    def narrowed(self, wholes: Q, parts: Q) -> Self:
        return replace(self, wholes=self.wholes.filter(wholes), parts=self.parts.filter(parts))

    def all(self) -> Self:
        return replace(self, wholes=self.wholes.all(), parts=self.parts.all())

    def in_turn(self) -> tuple[QuerySet[Commitment], QuerySet[Milestone]]:
        return self.wholes, self.parts


IS_OF: dict[str, Q] = {
    **{one: Q(comparison=one) for one in Comparison},
    MissingEvidence.NOT_GIVEN: Q(not_given=True),
    MissingEvidence.NOT_FOUND: Q(not_found=True),
}
"""Which rows are of a kind."""


def _wholes() -> QuerySet[Commitment]:
    """The public commitments, each with the assessment that it is compared with."""
    given = _weightiest(Assessment.objects.citable(), "commitment", "", HAS_WORDS)
    said = FilteredRelation("assessments", condition=Q(assessments__pk__in=given))
    spoken = NationProgress.objects.of_government().filter(applies=True)
    of_whole = spoken.filter(milestone=None)
    # Of the whole where it is said, else of the milestones.
    counted = spoken.order_by().filter(
        Q(milestone=None) | ~Exists(of_whole.filter(commitment=OuterRef("commitment"))),
        commitment=OuterRef("pk"),
    )
    ranked = counted.annotate(rank=_rank("level", ORDER))
    rows = Commitment.objects.public().annotate(said=said, said_rank=_RANK_SAID)
    rows = rows.annotate(
        # Each ends at the first row that fits: far quicker than the least and the most of all.
        some_below=Exists(ranked.filter(rank__lte=OuterRef("said_rank"))),
        some_above=Exists(ranked.filter(rank__gte=OuterRef("said_rank"))),
        as_of=Subquery(counted.values("commitment").annotate(day=Max("as_of")).values("day")),
        is_said=Exists(counted),
        not_given=Value(False),
    )
    return _compared(rows).annotate(
        place_commitment=F("slug"),
        place_plan=F("plan__slug"),
        place_milestone=Value(None, output_field=IntegerField()),
        place_nation=Value(None, output_field=CharField()),
        place_update=Value(None, output_field=IntegerField()),
        **_of_report("said__report"),
    )


def _parts() -> QuerySet[Milestone]:
    """The public parts that apply, each with the finding that it is compared with."""
    given = MilestoneFinding.objects.citable()
    findings = _weightiest(given, "milestone", "assessment__", ~Q(found=""))
    is_said = Q(part__update__isnull=False) & ~Q(part__provenance=Provenance.ASSESSOR_REPORT)
    every: QuerySet[Any] = Milestone.objects.public().by_part()
    rows = every.filter(part_applies=True).annotate(
        said=FilteredRelation("findings", condition=Q(findings__pk__in=findings)),
        said_rank=_RANK_SAID,
        part_update=F("part__update"),
        part_provenance=F("part__provenance"),
        rank=_rank("part__level", ORDER),
    )
    rows = rows.annotate(
        some_below=_truth(is_said & Q(rank__lte=F("said_rank"))),
        some_above=_truth(is_said & Q(rank__gte=F("said_rank"))),
        as_of=Case(When(is_said, then=F("part__as_of"))),
        is_said=_truth(is_said),
        part_position=F("commitment__nations__position"),
        not_given=_truth(_LACKS_EVIDENCE),
    )
    return _compared(rows).annotate(
        place_commitment=F("commitment__slug"),
        place_plan=F("commitment__plan__slug"),
        place_milestone=F("number"),
        place_nation=F("commitment__nations__code"),
        place_update=Case(When(is_said=True, then=F("part__update"))),
        **_of_report("said__assessment__report"),
    )


def _rank(path: str, ranks: Mapping[Any, int]) -> Case:
    """NULL if a code has no rank."""
    return Case(
        *(When(**{path: code}, then=Value(rank)) for code, rank in ranks.items()),
        output_field=IntegerField(),
    )


_LACKS_EVIDENCE = (
    Q(part__provenance=Provenance.PUBLISHED_ELSEWHERE)
    | Q(part__provenance=Provenance.ASSESSOR_REPORT, said__found__gt="")
    & ~Q(said__found__regex=FOOTNOTE_MARK)
) & lacks_evidence("part__")
"""`lacks_evidence` of a part of which `rule.shows_whether_evidence_is_given`."""

_RANK_SAID = _rank("said__completion", {code: ORDER[level] for code, level in LEVEL_OF.items()})
"""NULL if the assessor's code is no level."""


def _weightiest(rows: QuerySet, of: str, path: str, in_words: Q) -> Subquery:
    """The keys of the rows to compare with, one for each `of`, as `rule.weight_of` chooses.

    `path` leads to the assessment. `in_words` is the condition that there are words without a code.
    For all at once: to ask for each place took three times as long. Of a row number the database
    cannot guess how few are first.
    """
    stages = {kind: precedence(kind) for kind in sorted(COMPLETION.given_in)}
    kind = f"{path}report__kind"
    finds = Q(completion__in=FINDINGS) | (Q(completion=BLANK) & in_words)
    is_code = Case(When(completion=BLANK, then=0), default=100, output_field=IntegerField())
    weighed = rows.order_by().filter(finds, **{f"{kind}__in": list(stages)})
    weighed = weighed.annotate(weight=is_code + _rank(kind, stages))
    beaten = weighed.filter(
        Q(weight__gt=OuterRef("weight")) | Q(weight=OuterRef("weight"), pk__lt=OuterRef("pk")),
        **{of: OuterRef(of)},
    )
    return Subquery(weighed.filter(~Exists(beaten)).values("pk"))


def _of_report(path: str) -> dict[str, Any]:
    until = f"{path}__evidence_cut_off"
    return {
        "said_report": F(f"{path}__slug"),
        "said_kind": F(f"{path}__kind"),
        "said_until": F(until),
        "is_later": _truth(Q(as_of__gt=F(until))),
    }


def _compared(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add the result of `rule.compare` in columns."""
    unassessed, unreported = Q(said__isnull=True), Q(is_said=False)
    return rows.annotate(
        said_key=F("said__pk"),
        said_code=F("said__completion"),
        not_found=_truth(Q(said__completion=FOUND_NONE)),
        comparison=Case(
            When(unassessed & unreported, then=Value(Comparison.NOBODY)),
            When(unassessed, then=Value(Comparison.ONLY_GOVERNMENT)),
            When(unreported, then=Value(Comparison.ONLY_ASSESSOR)),
            When(said_rank__isnull=True, then=Value(Comparison.NOT_COMPARABLE)),
            When(some_below=True, then=_either("some_above", Comparison.AGREE, Comparison.DIFFER)),
            default=_either("some_above", Comparison.DIFFER, Comparison.NOT_COMPARABLE),
            output_field=CharField(),
        ),
    )


def _either(column: str, yes: Comparison, no: Comparison) -> Case:
    return Case(When(**{column: True}, then=Value(yes)), default=Value(no))


def _truth(condition: Q) -> Case:
    """True or false, never unknown."""
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
