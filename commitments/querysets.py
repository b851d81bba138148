"""What is public, and the shapes in which pages read it."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from ogp_tracker.common.relations import prefetch_public

if TYPE_CHECKING:
    from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation


class VocabularyQuerySet(QuerySet[Any]):
    """Entries of a vocabulary; all of them are public."""

    def get_by_natural_key(self, slug: str) -> Any:
        """Return the entry that a fixture names."""
        return self.get(slug=slug)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.all()


class NationQuerySet(QuerySet["Nation"]):
    """The four nations; all of them are public."""

    def get_by_natural_key(self, code: str) -> "Nation":
        """Return the nation that a fixture names."""
        return self.get(code=code)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.all()

    def for_list(self) -> Self:
        """Return public nations with `commitment_count`, the published ones delivered there."""
        counted = self.public().annotate(commitment_count=published_commitments("commitments"))
        return counted.order_by("position")


class InstitutionQuerySet(QuerySet["Institution"]):
    """Institutions; their names are public, their mailboxes are not."""

    def get_by_natural_key(self, slug: str) -> "Institution":
        """Return the institution that a fixture names."""
        return self.get(slug=slug)

    def public(self) -> Self:
        """Return what readers may see; the team mailbox stays in the database."""
        return self.defer("team_mailbox")

    def for_list(self) -> Self:
        """Return public institutions with how many published commitments they lead or help."""
        lead = Q(involvements__role="lead")
        return (
            self.public()
            .select_related("nation")
            .annotate(
                lead_count=published_commitments("involvements__commitment", lead),
                other_count=published_commitments("involvements__commitment", ~lead),
            )
        )

    def for_page(self) -> Self:
        """Return public institutions with their successor and predecessors, and `first_shown`."""
        return (
            self.public()
            .select_related("nation", "succeeded_by")
            .prefetch_related("predecessors")
            .annotate(first_shown=first_shown(self.model.history.all()))
        )


class ActionPlanQuerySet(QuerySet["ActionPlan"]):
    """Action plans; all of them are public."""

    def get_by_natural_key(self, slug: str) -> "ActionPlan":
        """Return the plan that a fixture names."""
        return self.get(slug=slug)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.all()

    def for_list(self) -> Self:
        """Return public plans with `commitment_count`, their published commitments."""
        counted = self.public().annotate(commitment_count=published_commitments("commitments"))
        return counted.order_by(F("last_day").desc(nulls_last=True), "member", "title")

    def running(self, on: date) -> dict[str, Any]:
        """Return how many plans run on the day `on` (`number`) and when one last closed (`closed`).

        One query; both count only plans of which the days are known.
        """
        runs = Q(first_day__lte=on, last_day__gte=on)
        closed = Q(last_day__lt=on)
        return self.aggregate(
            number=Count("pk", filter=runs), closed=Max("last_day", filter=closed)
        )


class CommitmentQuerySet(QuerySet["Commitment"]):
    """Commitments; a draft is one without a publication day."""

    def get_by_natural_key(self, slug: str) -> "Commitment":
        """Return the commitment that a fixture names."""
        return self.get(slug=slug)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.filter(is_published())

    def for_list(self) -> Self:
        """Return commitments with what a line in a list shows."""
        from commitments.models import Involvement

        leads = Involvement.objects.filter(role=Involvement.Role.LEAD).for_page()
        return self.select_related("plan").prefetch_related(
            "nations",
            Prefetch("involvements", queryset=leads, to_attr="leads"),
            prefetch_public(self.model, "assessments", "for_list"),
        )

    def for_page(self) -> Self:
        """Return commitments with all that their page shows, in a fixed number of queries.

        `first_shown` among it, when readers could first see it.
        """
        from commitments.models import Involvement

        return (
            self.select_related("plan")
            .prefetch_related(
                "nations",
                "policy_areas",
                "values_claimed",
                Prefetch("involvements", queryset=Involvement.objects.for_page()),
                prefetch_public(self.model, "milestones", "for_commitment_page"),
                prefetch_public(self.model, "assessments", "for_commitment_page"),
            )
            .annotate(first_shown=first_shown(self.model.history.filter(is_published())))
        )

    def for_card(self) -> Self:
        """Return commitments with what their status card shows."""
        return self.prefetch_related(
            "nations",
            prefetch_public(self.model, "milestones", "for_card"),
            prefetch_public(self.model, "assessments", "for_list"),
        )

    def newest_plan_first(self) -> Self:
        """Return commitments ordered by plan, the newest first, then by number and id."""
        return self.order_by(
            F("plan__last_day").desc(nulls_last=True),
            "plan__title",
            F("number").asc(nulls_last=True),
            "slug",
        )


class InvolvementQuerySet(QuerySet["Involvement"]):
    """Who plays which part in a commitment."""

    def get_by_natural_key(self, commitment: str, institution: str, role: str) -> "Involvement":
        """Return the involvement that a fixture names."""
        return self.get(commitment__slug=commitment, institution__slug=institution, role=role)

    def public(self) -> Self:
        """Return what readers may see: the parts played in published commitments."""
        from commitments.models import Commitment

        return self.filter(commitment__in=Commitment.objects.public())

    def for_page(self) -> Self:
        """Return involvements with the institution's name, leads first."""
        return (
            self.select_related("institution")
            .defer("institution__team_mailbox")
            .order_by("role", "institution__name")
        )


def is_published(path: str = "") -> Q:
    """Return the condition that the commitment at the end of `path` is published."""
    return Q(**{f"{path}__published_on__isnull" if path else "published_on__isnull": False})


def first_shown(versions: "QuerySet[Any]") -> Subquery:
    """Return the moment of the first of these versions of the outer row."""
    mine = versions.filter(id=OuterRef("pk")).order_by("history_date")
    return Subquery(mine.values("history_date")[:1])


def published_commitments(path: str, only: Q | None = None) -> Count:
    """Return a count of the published commitments at the end of `path`, each counted once."""
    condition = is_published(path) if only is None else is_published(path) & only
    return Count(path, filter=condition, distinct=True)
