"""What is public, and the shapes in which pages read it."""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import (
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from ogp_tracker.common.relations import model_behind, prefetch_public, related_public_rows
from ogp_tracker.common.visibility import PUBLISHED, PublicQuerySet

if TYPE_CHECKING:
    # Some are named only in strings, as parameters.
    from commitments.models import Commitment, Institution, Involvement, Nation  # noqa: F401

M = TypeVar("M", bound=Model, covariant=True)


class SluggedQuerySet(PublicQuerySet[M]):
    def get_by_natural_key(self, slug: str) -> M:
        return self.get(slug=slug)


class NationQuerySet(PublicQuerySet["Nation"]):
    def get_by_natural_key(self, code: str) -> "Nation":
        return self.get(code=code)

    def for_list(self) -> Self:
        return self.public().annotate(**coverage_of(self.model)).order_by("position")


class InstitutionQuerySet(PublicQuerySet["Institution"]):
    """Institutions; their names are public, their mailboxes are not."""

    def public_beneath(self, holder: str) -> Self:
        return super().public_beneath(holder).defer("team_mailbox")

    def leading(self) -> Self:
        """Those that lead a public commitment or one of its milestones."""
        involvements = related_public_rows(self.model, "involvements").filter(role="lead")
        milestones = related_public_rows(self.model, "led_milestones")
        # Few milestones have a lead of their own: an index finds them.
        own = milestones.order_by().filter(lead__isnull=False).values("lead")
        whole = involvements.order_by().values("institution")
        return self.public().filter(Q(pk__in=whole) | Q(pk__in=own))

    def for_list(self) -> Self:
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
        return (
            self.public()
            .select_related("nation", "succeeded_by")
            .prefetch_related("predecessors")
            .annotate(first_shown=first_shown(self.model.history.all()))
        )


class CommitmentQuerySet(PublicQuerySet["Commitment"]):
    def coverage(self) -> dict[str, Any]:
        """Of how many there are (`commitment_count`), how many have milestones recorded here
        (`covered_count`). One query."""
        rows = self.model.objects.filter(pk__in=self.order_by().values("pk"))
        covered = Count("pk", filter=Q(self._has_milestones()))
        return rows.aggregate(commitment_count=Count("pk"), covered_count=covered)

    def with_coverage(self) -> Self:
        """With `is_covered`, whether milestones are recorded here, and `is_recorded`: progress, or
        what an assessor finds on completion."""
        mine = {"commitment": OuterRef("pk")}
        updates = model_behind(self.model, "updates").objects.published()
        findings = related_public_rows(self.model, "assessments").with_completion()
        is_recorded = Exists(updates.filter(**mine)) | Exists(findings.filter(**mine))
        return self.annotate(is_recorded=is_recorded, is_covered=self._has_milestones())

    def _has_milestones(self) -> Exists:
        milestones = model_behind(self.model, "milestones")._default_manager
        return Exists(milestones.filter(commitment=OuterRef("pk")))

    def for_list(self) -> Self:
        leads = model_behind(self.model, "involvements").objects.filter(role="lead").for_page()
        return self.select_related("plan").prefetch_related(
            "nations",
            Prefetch("involvements", queryset=leads, to_attr="leads"),
            prefetch_public(self.model, "assessments", "for_list"),
        )

    def for_page(self) -> Self:
        """With `first_shown`, when readers could first see it, and whether it `takes_over` others'.

        A fixed number of queries.
        """
        involvements = model_behind(self.model, "involvements").objects.for_page()
        return (
            self.select_related("plan")
            .prefetch_related(
                "nations",
                "policy_areas",
                Prefetch("involvements", queryset=involvements),
                prefetch_public(self.model, "milestones", "for_commitment_page"),
                prefetch_public(self.model, "assessments", "for_commitment_page"),
                prefetch_public(self.model, "amendments", "for_commitment_page"),
                prefetch_public(self.model, "updates", "of_whole"),
            )
            .annotate(
                first_shown=first_shown(self.model.history.filter(PUBLISHED.condition())),
                # Most pages have none, and need not ask for them.
                is_linked=Exists(self._links(from_commitment=OuterRef("pk")))
                | Exists(self._links(to_commitment=OuterRef("pk"))),
                takes_over=Exists(
                    related_public_rows(self.model, "merged_from").filter(
                        merged_into_commitments=OuterRef("pk")
                    )
                ),
            )
        )

    def linked_to(self, commitment: "Commitment") -> Self:
        """Those that it continues, with `is_earlier`, and those that continue it."""
        earlier = self._links(from_commitment=commitment, to_commitment=OuterRef("pk"))
        later = self._links(from_commitment=OuterRef("pk"), to_commitment=commitment)
        rows = self.public().annotate(is_earlier=Exists(earlier))
        return rows.filter(Q(is_earlier=True) | Exists(later)).newest_plan_first()

    def _links(self, **ends: "Commitment | OuterRef") -> "QuerySet[Any]":
        return self.model.continues.through._default_manager.filter(**ends)

    def for_card(self) -> Self:
        return self.prefetch_related(
            "nations",
            prefetch_public(self.model, "milestones", "for_card"),
            prefetch_public(self.model, "updates", "of_whole"),
            prefetch_public(self.model, "assessments", "for_list"),
        )

    def newest_plan_first(self, *, only_plans: bool = False) -> Self:
        """Plan by plan, those without one last; `only_plans` leaves out the order in a plan."""
        last = ("plan__end_date", "plan__title", "plan_id")
        plans = [
            F(last[0]).desc(nulls_last=True),
            *(F(one).asc(nulls_last=True) for one in last[1:]),
        ]
        inside = () if only_plans else (F("order").asc(nulls_last=True), "slug")
        return self.order_by(*plans, *inside)


class InvolvementQuerySet(PublicQuerySet["Involvement"]):
    def for_page(self) -> Self:
        """Leads first."""
        return (
            self.select_related("institution")
            .defer("institution__team_mailbox")
            .order_by("role", "institution__name")
        )


def first_shown(versions: "QuerySet[Any]") -> Subquery:
    """The moment of the first of these versions of the outer row."""
    mine = versions.filter(id=OuterRef("pk")).order_by("history_date")
    return Subquery(mine.values("history_date")[:1])


def coverage_of(model: type[Model]) -> dict[str, Count]:
    """What `CommitmentQuerySet.coverage` counts, for each row of a model with `commitments`."""
    # All at once: asked for each row and each of its commitments it takes twice as long.
    milestones = model_behind(model, "commitments__milestones")._default_manager
    recorded = Q(commitments__in=milestones.values("commitment"))
    return {
        "commitment_count": published_commitments("commitments"),
        "covered_count": published_commitments("commitments", recorded),
    }


def published_commitments(path: str, only: Q | None = None) -> Count:
    published = PUBLISHED.condition(path)
    return Count(path, filter=published & only if only else published, distinct=True)
