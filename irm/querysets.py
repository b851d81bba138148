"""What is public of the assessors' findings, and the shapes in which pages read it."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Count, Exists, F, Model, OuterRef, Prefetch, Q, QuerySet

from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights, led_by
from irm.codebook import NOTHINGS, ReportKind
from ogp_tracker.common.relations import model_behind, prefetch_public
from ogp_tracker.common.visibility import PUBLISHED, PublicQuerySet, Visibility

if TYPE_CHECKING:
    from irm.models import Assessment, MilestoneFinding, Reply, Report  # noqa: F401


WITH_COMMITMENT = PUBLISHED & PUBLISHED.behind("commitment")
"""Of an assessment: it and its commitment are published. Readers also need a public report."""

HAS_WORDS = ~Q(analysis="") | Q(
    ~Q(shares_text_with__analysis=""),
    WITH_COMMITMENT.condition("shares_text_with"),
    shares_text_with__report=F("report"),
)
"""Whether an assessment has words, its own or those that it shares (`Assessment.text`)."""

_Model = TypeVar("_Model", bound=Model, covariant=True)


class CitableQuerySet(PublicQuerySet[_Model]):
    """Rows of a model whose `citable_if` says what may be cited and exported.

    A version for public comment is on the pages, but may still change.
    """

    def citable(self) -> Self:
        rule: Visibility = self.model.citable_if  # type: ignore[attr-defined]
        return self.filter(rule.condition())


class ReportQuerySet(CitableQuerySet["Report"]):
    def covering(self, plan: "ActionPlan") -> Self:
        """Reports about other plans that cover commitments of this one: `covered_here`, of which
        `recorded_here` with what they find."""
        mine = WITH_COMMITMENT.condition("assessments") & Q(assessments__commitment__plan=plan)
        rows = self.public().exclude(plan=plan).exclude(kind=ReportKind.OGP_PAGE)
        found = mine & Q(assessments__is_recorded=True)
        covered = rows.annotate(
            covered_here=Count("assessments", filter=mine, distinct=True),
            recorded_here=Count("assessments", filter=found, distinct=True),
        )
        return covered.filter(covered_here__gt=0).select_related("plan").order_by("title")

    def for_list(self) -> Self:
        """Public reports with `covered_count` and, of these, `assessment_count`."""
        published = WITH_COMMITMENT.condition("assessments")
        recorded = published & Q(assessments__is_recorded=True)
        return (
            self.public()
            .select_related("plan")
            .annotate(
                covered_count=Count("assessments", filter=published, distinct=True),
                assessment_count=Count("assessments", filter=recorded, distinct=True),
            )
            .order_by(F("plan__end_date").desc(nulls_last=True), "plan__title", "title")
        )


def answered_by(rights: Rights) -> QuerySet[Commitment]:
    """The commitments for whose lead the account writes."""
    if not rights.reports_for:
        return Commitment.objects.none()
    return Commitment.objects.filter(led_by(rights.reports_for))


class AssessmentQuerySet(CitableQuerySet["Assessment"]):
    def recorded(self) -> Self:
        """Without those of which this site knows only that the report covers the commitment."""
        return self.filter(is_recorded=True)

    def with_completion(self) -> Self:
        """With a code that is a finding, not one of OGP's kinds of nothing."""
        return self.exclude(completion__in=["", *(nothing.code for nothing in NOTHINGS)])

    def awaiting_reply(self, rights: Rights) -> Self:
        """What the account may answer as a whole, and nobody has answered or begun to."""
        replies = model_behind(self.model, "replies").objects.filter(
            assessment=OuterRef("pk"), finding=None
        )
        mine = self.public().recorded().filter(commitment__in=answered_by(rights))
        return mine.filter(~Exists(replies))

    def for_list(self) -> Self:
        return self.select_related("report", "commitment").order_by(
            "commitment__slug", "report__title"
        )

    def for_commitment_page(self) -> Self:
        return (
            self.select_related("report")
            .order_by("report__title", "pk")
            .with_cluster()
            .prefetch_related("relevant_values", prefetch_public(self.model, "replies", "for_page"))
        )

    def with_cluster(self) -> Self:
        """Most assessments share their text with none, and ask for little more than that."""
        rows = self.model._default_manager
        sharing = rows.public().only("commitment", "report", "shares_text_with", "published_on")
        sharing = sharing.order_by("pk").prefetch_related("commitment")
        return self.prefetch_related(
            Prefetch("sharing", queryset=sharing),
            Prefetch("shares_text_with", queryset=rows.select_related("commitment")),
            Prefetch("shares_text_with__sharing", queryset=sharing),
        )

    def for_report_page(self) -> Self:
        return (
            self.for_commitment_page()
            .select_related("commitment")
            .prefetch_related(prefetch_public(self.model, "findings", "for_report_page"))
            .order_by(
                F("commitment__plan__end_date").desc(nulls_last=True),
                "commitment__plan__title",
                F("commitment__order").asc(nulls_last=True),
                "commitment__slug",
            )
        )


class MilestoneFindingQuerySet(CitableQuerySet["MilestoneFinding"]):
    def awaiting_reply(self, rights: Rights) -> Self:
        replies = model_behind(self.model, "replies").objects.filter(finding=OuterRef("pk"))
        return self.public().filter(
            ~Exists(replies), assessment__commitment__in=answered_by(rights)
        )

    def for_commitment_page(self) -> Self:
        """The page has their assessments already, and gives each its own.

        The order of the model, that of titles behind two relations, took half of the query's time.
        """
        return self.order_by("assessment_id", "pk")

    def for_page(self) -> Self:
        holder = "assessment__shares_text_with__commitment"
        return self.select_related("assessment__report", holder).prefetch_related(
            prefetch_public(self.model, "replies", "for_page")
        )

    def for_report_page(self) -> Self:
        return self.select_related("milestone__commitment").order_by("milestone__number")


class ReplyQuerySet(CitableQuerySet["Reply"]):
    def for_page(self) -> Self:
        return self.select_related("institution")
