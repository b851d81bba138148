"""What is public of the assessors' findings, and the shapes in which pages read it."""

from typing import TYPE_CHECKING, Self

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from commitments.models import Commitment
from commitments.querysets import is_published
from commitments.rights import Rights, led_by

if TYPE_CHECKING:
    from irm.models import Assessment, MilestoneFinding, Reply, Report  # noqa: F401


class ReportQuerySet(QuerySet["Report"]):
    """Reports; a draft is not public, the version for public comment is, and says so."""

    def get_by_natural_key(self, slug: str) -> "Report":
        """Return the report that a fixture names."""
        return self.get(slug=slug)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.exclude(stage="draft")

    def citable(self) -> Self:
        """Return what readers may take away: a version for public comment may still change."""
        return self.filter(stage="final")

    def for_list(self) -> Self:
        """Return public reports with `assessment_count`, newest plan first."""
        published = Q(
            assessments__published_on__isnull=False,
            assessments__commitment__in=Commitment.objects.public(),
        )
        return (
            self.public()
            .select_related("plan")
            .annotate(assessment_count=Count("assessments", filter=published, distinct=True))
            .order_by(F("plan__last_day").desc(nulls_last=True), "plan__title", "title")
        )


def is_citable(path: str = "") -> Q:
    """Return the condition that the assessment behind `path` is published, in a final report.

    It joins what it asks for instead of naming keys, so that a database can read all assessments in
    their order and need not sort them first.
    """
    return is_published(f"{path}commitment") & Q(
        **{f"{path}published_on__isnull": False, f"{path}report__stage": "final"}
    )


def answered_by(rights: Rights) -> QuerySet[Commitment]:
    """Return the commitments for whose lead the account writes, to what assessors find of them."""
    if not rights.reports_for:
        return Commitment.objects.none()
    return Commitment.objects.filter(led_by(rights.reports_for))


class AssessmentQuerySet(QuerySet["Assessment"]):
    """Assessments; a draft is one without a publication day."""

    def get_by_natural_key(self, report: str, commitment: str) -> "Assessment":
        """Return the assessment that a fixture names."""
        return self.get(report__slug=report, commitment__slug=commitment)

    def public(self) -> Self:
        """Return what readers may see: published, of a public report and commitment."""
        from irm.models import Report

        return self.filter(
            published_on__isnull=False,
            report__in=Report.objects.public(),
            commitment__in=Commitment.objects.public(),
        )

    def citable(self) -> Self:
        """Return what readers may take away: public, and of a report that is final."""
        return self.filter(is_citable())

    def awaiting_reply(self, rights: Rights) -> Self:
        """Return what the account may answer as a whole, and nobody has answered or begun to."""
        from irm.models import Reply

        replies = Reply.objects.filter(assessment=OuterRef("pk"), finding=None)
        return self.public().filter(~Exists(replies), commitment__in=answered_by(rights))

    def for_list(self) -> Self:
        """Return assessments with what a line in a list shows."""
        return self.select_related("report", "commitment").order_by(
            "commitment__slug", "report__title"
        )

    def for_commitment_page(self) -> Self:
        """Return assessments with all that the commitment's page shows of them."""
        from irm.models import Reply

        return (
            self.select_related("report")
            .with_cluster()
            .prefetch_related(
                "relevant_values",
                Prefetch("replies", queryset=Reply.objects.public().select_related("institution")),
            )
        )

    def with_cluster(self) -> Self:
        """Return assessments with those that share their text, as far as they are public."""
        sharing = self.model._default_manager.public().select_related("commitment")
        return self.select_related("shares_text_with__commitment").prefetch_related(
            Prefetch("sharing", queryset=sharing),
            Prefetch("shares_text_with__sharing", queryset=sharing),
        )

    def for_report_page(self) -> Self:
        """Return assessments with all that their report's page shows of them."""
        from irm.models import MilestoneFinding

        return (
            self.for_commitment_page()
            .select_related("commitment")
            .prefetch_related(
                Prefetch("findings", queryset=MilestoneFinding.objects.public().for_report_page())
            )
            .order_by("commitment__number", "commitment__slug")
        )


class MilestoneFindingQuerySet(QuerySet["MilestoneFinding"]):
    """What assessments say of single milestones; public with their assessment."""

    def get_by_natural_key(
        self, report: str, commitment: str, milestone_of: str, number: int
    ) -> "MilestoneFinding":
        """Return the finding that a fixture names."""
        return self.get(
            assessment__report__slug=report,
            assessment__commitment__slug=commitment,
            milestone__commitment__slug=milestone_of,
            milestone__number=number,
        )

    def public(self) -> Self:
        """Return what readers may see."""
        from irm.models import Assessment

        return self.filter(assessment__in=Assessment.objects.public())

    def citable(self) -> Self:
        """Return what readers may take away: findings of final reports."""
        return self.filter(is_citable("assessment__"))

    def awaiting_reply(self, rights: Rights) -> Self:
        """Return what the account may answer, and nobody has answered or begun to."""
        from irm.models import Reply

        replies = Reply.objects.filter(finding=OuterRef("pk"))
        return self.public().filter(
            ~Exists(replies), assessment__commitment__in=answered_by(rights)
        )

    def for_commitment_page(self) -> Self:
        """Return findings with what the grid of a commitment shows."""
        return self.select_related("assessment__report")

    def for_page(self) -> Self:
        """Return findings with all that the milestone's page shows of them."""
        from irm.models import Reply

        holder = "assessment__shares_text_with__commitment"
        return (
            self.for_commitment_page()
            .select_related(holder)
            .prefetch_related(
                Prefetch("replies", queryset=Reply.objects.public().select_related("institution"))
            )
        )

    def for_report_page(self) -> Self:
        """Return findings with their milestone, in its order."""
        return self.select_related("milestone__commitment").order_by("milestone__number")


class ReplyQuerySet(QuerySet["Reply"]):
    """Government's answers to findings."""

    def public(self) -> Self:
        """Return what readers may see."""
        from irm.models import Assessment

        return self.filter(published_at__isnull=False, assessment__in=Assessment.objects.public())

    def citable(self) -> Self:
        """Return what readers may take away: answers to assessments of final reports."""
        return self.filter(is_citable("assessment__"), published_at__isnull=False)
