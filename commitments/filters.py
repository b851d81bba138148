"""How readers narrow down and sort the list of commitments; every choice stays in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Nation, PolicyArea
from ogp_tracker.common.relations import related_field, related_public_rows

NOT_REPORTED = "not_reported"
NO_CODE = "none"


def _level_choices() -> list[tuple[str, Any]]:
    levels = related_field(Commitment, "milestones__nation_progress", "level").choices or []
    return [*[choice for choice in levels if choice[0]], (NOT_REPORTED, _("Not reported"))]


def _completion_choices() -> list[tuple[str, Any]]:
    codes = related_field(Commitment, "assessments", "completion").choices or []
    return [*[choice for choice in codes if choice[0]], (NO_CODE, _("No code recorded"))]


def by_nation(**how: Any) -> filters.ModelChoiceFilter:
    """Return the choice of a nation; `how` says what it narrows."""
    return filters.ModelChoiceFilter(
        label=_("Delivered in"),
        queryset=Nation.objects.public(),
        to_field_name="code",
        empty_label=_("Any nation"),
        **how,
    )


def by_plan(**how: Any) -> filters.ModelChoiceFilter:
    """Return the choice of an action plan; `how` says what it narrows."""
    return filters.ModelChoiceFilter(
        label=_("Action plan"),
        queryset=ActionPlan.objects.public(),
        to_field_name="slug",
        empty_label=_("Any plan"),
        **how,
    )


def by_institution(label: Any, **how: Any) -> filters.ModelChoiceFilter:
    """Return the choice of an institution; `how` says what it narrows."""
    return filters.ModelChoiceFilter(
        label=label,
        queryset=Institution.objects.public(),
        to_field_name="slug",
        empty_label=_("Any institution"),
        **how,
    )


class SortFilter(filters.ChoiceFilter):
    """Sorts by one of a few named orders; each ends with the id, so that pages never overlap."""

    ORDERS = {
        "plan": (_("Newest plan first"), None),
        "id": (_("Commitment id"), ("slug",)),
        "title": (_("Title, A to Z"), ("title", "slug")),
        "reported": (_("Latest report first"), (F("reported").desc(nulls_last=True), "slug")),
    }

    def filter(self, qs: Any, value: str) -> Any:
        """Return the commitments in the chosen order, the newest plan first if none is chosen."""
        order = self.ORDERS.get(value, self.ORDERS["plan"])[1]
        return qs.order_by(*order) if order else qs.newest_plan_first()


class ReadersFilter(filters.FilterSet):
    """Filters of a public list, which can say in words what is chosen."""

    def chosen(self, name: str) -> Any:
        """Return the value of a choice that was understood, or None."""
        return (self.form.cleaned_data.get(name) if self.is_bound else None) or None

    def active(self) -> list[dict[str, Any]]:
        """Return the filters in use, as label, chosen value in words and name in the address."""
        chosen = []
        for name, field in self.form.fields.items():
            value = self.chosen(name) if name != "sort" else None
            if value:
                named = isinstance(value, Model)
                words = value if named else dict(getattr(field, "choices", []))[value]
                chosen.append({"name": name, "label": field.label, "value": words})
        return chosen


class CommitmentFilter(ReadersFilter):
    """The filters of `/commitments/`. They combine: a commitment has to pass each of them."""

    nation = by_nation(field_name="nations")
    plan = by_plan()
    institution = by_institution(_("Institution"), method="filter_institution")
    area = filters.ModelChoiceFilter(
        label=_("Policy area"),
        field_name="policy_areas",
        queryset=PolicyArea.objects.public(),
        to_field_name="slug",
        empty_label=_("Any policy area"),
    )
    level = filters.ChoiceFilter(
        label=_("Government reports a milestone as"),
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

    def filter_institution(self, rows: QuerySet[Commitment], _name: str, value: Any) -> Any:
        """Keep commitments in which the institution plays any part."""
        parts = related_public_rows(Commitment, "involvements").filter(institution=value)
        return rows.filter(Exists(parts.filter(commitment=OuterRef("pk"))))

    def filter_level(self, rows: QuerySet[Commitment], _name: str, value: str) -> Any:
        """Keep commitments with a milestone at this level, in the chosen nation if there is one."""
        milestones = related_public_rows(Commitment, "milestones").with_part_at(
            "" if value == NOT_REPORTED else value, nation=self.form.cleaned_data.get("nation")
        )
        return rows.filter(Exists(milestones.filter(commitment=OuterRef("pk"))))

    def filter_completion(self, rows: QuerySet[Commitment], _name: str, value: str) -> Any:
        """Keep commitments to which an assessment of a final report gives this code.

        A code in a version for public comment may still change: nobody should count by it.
        """
        final = related_public_rows(Commitment, "assessments").citable()
        assessments = final.filter(commitment=OuterRef("pk"))
        if value == NO_CODE:
            return rows.filter(~Exists(assessments.exclude(completion="")))
        return rows.filter(Exists(assessments.filter(completion=value)))

    def filter_queryset(self, queryset: QuerySet[Commitment]) -> Any:
        """Apply every filter that was understood; one that was not is shown beside its field."""
        updates = related_public_rows(Commitment, "milestones__updates")
        latest = updates.latest_as_of("milestone__commitment")
        rows = super().filter_queryset(queryset.annotate(reported=latest))
        if "sort" not in self.form.cleaned_data:
            rows = rows.newest_plan_first()
        return rows
