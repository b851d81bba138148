"""How readers filter and sort the list of commitments; every choice stays in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from commitments.models import (
    ActionPlan,
    AmendmentState,
    Commitment,
    Institution,
    Nation,
    PolicyArea,
)
from commitments.querysets import CommitmentQuerySet
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
) -> filters.ModelChoiceFilter:
    return filters.ModelChoiceFilter(
        label=label, queryset=rows, to_field_name=name, empty_label=any_row, **how
    )


def by_nation(**how: Any) -> filters.ModelChoiceFilter:
    return _row_of(Nation.objects.public(), _("Delivered in"), _("Any nation"), "code", **how)


def by_plan(**how: Any) -> filters.ModelChoiceFilter:
    return _row_of(ActionPlan.objects.public(), _("Action plan"), _("Any plan"), **how)


def by_institution(label: StrOrPromise, **how: Any) -> filters.ModelChoiceFilter:
    return _row_of(Institution.objects.public(), label, _("Any institution"), **how)


class SortFilter(filters.ChoiceFilter):
    """Sorts by one of a few named orders; each ends with the id, so that pages never overlap."""

    ORDERS = {
        "plan": (_("Newest plan first"), None),
        "id": (_("Commitment id"), ("slug",)),
        "title": (_("Title, A to Z"), ("title", "slug")),
        "reported": (_("Latest report first"), (F("reported").desc(nulls_last=True), "slug")),
    }

    def filter(self, qs: CommitmentQuerySet, value: str) -> CommitmentQuerySet:
        order = self.ORDERS.get(value, self.ORDERS["plan"])[1]
        return qs.order_by(*order) if order else qs.newest_plan_first()


class ReadersFilter(filters.FilterSet):
    """Filters of a public list, which can say what is chosen."""

    def chosen(self, name: str) -> Any:
        return (self.form.cleaned_data.get(name) if self.is_bound else None) or None

    def active(self) -> list[dict[str, Any]]:
        """The filters in use: name in the address, label, and the chosen value as text."""
        chosen = []
        for name, field in self.form.fields.items():
            value = self.chosen(name) if name != "sort" else None
            if value:
                named = isinstance(value, Model)
                text = value if named else dict(getattr(field, "choices", []))[value]
                chosen.append({"name": name, "label": field.label, "value": text})
        return chosen


class CommitmentFilter(ReadersFilter):
    nation = by_nation(field_name="nations")
    plan = by_plan()
    institution = by_institution(_("Institution"), method="filter_institution")
    area = _row_of(
        PolicyArea.objects.public(),
        _("Policy area"),
        _("Any policy area"),
        field_name="policy_areas",
    )
    level = filters.ChoiceFilter(
        label=_("A milestone is"),
        choices=lazy(_level_choices, list),
        empty_label=_("Any level"),
        method="filter_level",
    )
    completion = filters.ChoiceFilter(
        label=_("Assessor finds completion"),
        choices=lazy(_completion_choices, list),
        empty_label=_("Any finding"),
        method="filter_completion",
    )
    sort = SortFilter(
        label=_("Sort by"),
        choices=[(key, label) for key, (label, _order) in SortFilter.ORDERS.items()],
        empty_label=None,
    )

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = ()

    def filter_institution(self, rows: QuerySet[Commitment], _name: str, value: Institution) -> Any:
        parts = related_public_rows(Commitment, "involvements").filter(institution=value)
        return rows.filter(Exists(parts.filter(commitment=OuterRef("pk"))))

    def filter_level(self, rows: QuerySet[Commitment], _name: str, value: str) -> Any:
        milestones = related_public_rows(Commitment, "milestones").standing_at(
            value, nation=self.form.cleaned_data.get("nation")
        )
        return rows.filter(Exists(milestones.filter(commitment=OuterRef("pk"))))

    def filter_completion(self, rows: QuerySet[Commitment], _name: str, value: str) -> Any:
        """Final reports only: a code in a version for public comment may still change."""
        final = related_public_rows(Commitment, "assessments").citable()
        assessments = final.filter(commitment=OuterRef("pk"))
        if value == NO_CODE:
            return rows.filter(~Exists(assessments.exclude(completion="")))
        return rows.filter(Exists(assessments.filter(completion=value)))

    def filter_queryset(self, queryset: QuerySet[Commitment]) -> Any:
        """An invalid filter is shown beside its field and not applied."""
        updates = related_public_rows(Commitment, "updates")
        latest = updates.latest_as_of("commitment")
        rows = super().filter_queryset(queryset.annotate(reported=latest))
        return rows if "sort" in self.form.cleaned_data else rows.newest_plan_first()
