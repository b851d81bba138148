"""One finding for each milestone, on the page of the assessment, beside what government says."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import HiddenInput, ModelForm
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from commitments.admin.access import RowsByRights
from commitments.admin.commitments import has_been_public
from irm.codebook import COMPLETION
from irm.government_says import Said, government_says
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone
from ogp_tracker.common.admin.forms import without_icons

from .codes import WithCodes


class FindingForm(ModelForm):
    """A finding; a new row in which nothing was written is none."""

    said: Said | None = None
    """What government says of its milestone."""

    def has_changed(self) -> bool:
        """Return whether there is anything to save: the milestone alone of a new row is nothing."""
        if self.instance.pk is None:
            return bool(set(self.changed_data) - {"milestone"})
        return super().has_changed()


class FindingInline(RowsByRights, WithCodes, admin.StackedInline):
    """What the report says of single milestones of the commitment."""

    model = MilestoneFinding
    form = FindingForm
    extra = 0
    template = "admin/irm/assessment/findings.html"
    # From its own page a finding is answered.
    show_change_link = True
    verbose_name_plural = gettext_lazy("findings on single milestones")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields: a code only where the report's kind gives one, or one is there."""
        if obj is None or has_codes_of_milestones(obj):
            return ("milestone", "completion", "found")
        return ("milestone", "found")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the findings in the order of the milestones, with what they are called by."""
        related = ("milestone__commitment", "assessment__report")
        rows = super().get_queryset(request).select_related(*related)
        return rows.order_by("milestone__number")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return how many milestones have no finding yet: each has a row that is still empty."""
        return len(without_finding(obj)) if obj is not None else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the rows' class, with the milestones of this commitment to choose from."""
        formset = super().get_formset(request, obj, **kwargs)
        field: Any = formset.form.base_fields.get("milestone")
        if field is not None and obj is not None:
            rows = Milestone.objects.filter(commitment=obj.commitment_id).order_by("number")
            field.queryset = rows.select_related("commitment")
            field.label_from_instance = lambda row: f"{row.label}: {Truncator(row.text).chars(80)}"
            field.widget = HiddenInput()
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field without icons: milestones are government's rows."""
        if db_field.name == "completion":
            kwargs["help_text"] = db_field.help_text
        return without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The findings of an assessment that readers have seen stay."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not (isinstance(obj, Assessment) and has_been_public(obj))


def has_codes_of_milestones(assessment: Assessment) -> bool:
    """Return whether the findings of the assessment can hold a code, or hold one."""
    is_given = assessment.report.kind in COMPLETION.given_in
    return is_given or assessment.findings.exclude(completion="").exists()


def without_finding(assessment: Assessment) -> list[int]:
    """Return the keys of the milestones on which nothing is found yet, in their order."""
    found = assessment.findings.values("milestone")
    rows = Milestone.objects.filter(commitment=assessment.commitment_id).exclude(pk__in=found)
    return list(rows.order_by("number").values_list("pk", flat=True))


def beside(group: Any, assessment: Assessment) -> None:
    """Put beside each row of the page what government says of its milestone."""
    by_key = {str(one.milestone.pk): one for one in government_says(assessment)}
    for form in group.formset.forms:
        key = (
            form["milestone"].value() if "milestone" in form.fields else form.instance.milestone_id
        )
        form.said = by_key.get(str(key))
