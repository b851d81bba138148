"""How readers filter and sort the list of commitments; every choice stays in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.models import (
    ActionPlan,
    AmendmentState,
    Commitment,
    Institution,
    Involvement,
    Nation,
    PolicyArea,
)
from commitments.querysets import CommitmentQuerySet
from ogp_tracker.common.either import EitherFilter, EitherRowFilter, ReadersFilter
from ogp_tracker.common.relations import model_behind, related_public_rows
from ogp_tracker.common.texts import StrOrPromise

NO_CODE = "none"


def _level_choices() -> list[tuple[str, StrOrPromise]]:
    levels = model_behind(Commitment, "milestones")._meta.get_field("overall").choices or []
    return [*levels, *AmendmentState.choices]


def _completion_choices() -> list[tuple[str, StrOrPromise]]:
    codes = model_behind(Commitment, "assessments")._meta.get_field("completion").choices or []
    return [*[choice for choice in codes if choice[0]], (NO_CODE, _("No code recorded"))]


def _row_of(
    rows: QuerySet[Any], label: StrOrPromise, any_row: StrOrPromise, name: str = "slug", **how: Any
) -> EitherRowFilter:
    return EitherRowFilter(
        label=label, queryset=rows, to_field_name=name, empty_label=any_row, **how
    )


def by_nation(**how: Any) -> EitherRowFilter:
    return _row_of(Nation.objects.public(), _("Delivered in"), _("Any nation"), "code", **how)


def by_plan(**how: Any) -> EitherRowFilter:
    return _row_of(ActionPlan.objects.public(), _("Action plan"), _("Any plan"), **how)


def by_institution(label: StrOrPromise, **how: Any) -> EitherRowFilter:
    return _row_of(Institution.objects.leading(), label, _("Any institution"), **how)


class SortFilter(filters.ChoiceFilter):
    """Sorts by one of a few named orders; each ends with the id, so that pages never overlap."""

    ORDERS = {
        "plan": (_("Newest plan first"), None),
        "id": (_("Commitment id"), ("slug",)),
        "title": (_("Title, A to Z"), ("title", "slug")),
        "reported": (_("Latest update first"), (F("reported").desc(nulls_last=True), "slug")),
    }

    def filter(self, qs: CommitmentQuerySet, value: str) -> CommitmentQuerySet:
        order = self.ORDERS.get(value, self.ORDERS["plan"])[1]
        if value == "reported":
            updates = related_public_rows(Commitment, "updates")
            qs = qs.annotate(reported=updates.latest_as_of("commitment"))
        return qs.order_by(*order) if order else qs.newest_plan_first()


class CommitmentFilter(ReadersFilter):
    nation = by_nation(field_name="nations", method="filter_by_one_of_many")
    plan = by_plan()
    institution = by_institution(_("Led by"), method="filter_institution")
    area = _row_of(
        PolicyArea.objects.public(),
        _("Policy area"),
        _("Any policy area"),
        field_name="policy_areas",
        method="filter_by_one_of_many",
    )
    level = EitherFilter(
        label=_("A milestone is"),
        choices=_level_choices,
        empty_label=_("Any level"),
        method="filter_level",
    )
    completion = EitherFilter(
        label=_("Assessor finds completion"),
        choices=_completion_choices,
        empty_label=_("Any finding"),
        method="filter_completion",
    )
    sort = SortFilter(
        label=_("Sort by"),
        choices=[(key, label) for key, (label, _order) in SortFilter.ORDERS.items()],
        empty_label=None,
    )

    def filter_by_one_of_many(
        self, rows: CommitmentQuerySet, name: str, values: list[Model]
    ) -> CommitmentQuerySet:
        found = Commitment.objects.filter(**{f"{name}__in": values})
        return rows.filter(pk__in=found.values("pk"))

    def filter_institution(
        self, rows: CommitmentQuerySet, _name: str, values: list[Institution]
    ) -> CommitmentQuerySet:
        """Those that it leads, or of which it leads a milestone."""
        here = {"commitment": OuterRef("pk")}
        whole = Involvement.objects.public().filter(institution__in=values, role="lead", **here)
        steps = related_public_rows(Commitment, "milestones").filter(lead__in=values, **here)
        return rows.filter(Exists(whole) | Exists(steps))

    def filter_level(
        self, rows: CommitmentQuerySet, _name: str, values: list[str]
    ) -> CommitmentQuerySet:
        milestones = related_public_rows(Commitment, "milestones").standing_at(
            *values, nations=self.form.chosen("nation")
        )
        return rows.filter(Exists(milestones.filter(commitment=OuterRef("pk"))))

    def filter_completion(
        self, rows: CommitmentQuerySet, _name: str, values: list[str]
    ) -> CommitmentQuerySet:
        """Final reports only: a code in a version for public comment may still change."""
        final = related_public_rows(Commitment, "assessments").citable()
        assessments = final.filter(commitment=OuterRef("pk"))
        found = Q(Exists(assessments.filter(completion__in=values)))
        if NO_CODE in values:
            found |= Q(~Exists(assessments.exclude(completion="")))
        return rows.filter(found)

    def filter_queryset(self, queryset: CommitmentQuerySet) -> CommitmentQuerySet:
        """An invalid filter is shown beside its field and not applied."""
        rows = super().filter_queryset(queryset)
        return rows if "sort" in self.form.cleaned_data else rows.newest_plan_first()

    @property
    def is_by_plan(self) -> bool:
        return self.form.cleaned_data.get("sort") in (None, "", "plan")
