"""One finding for each milestone, on the page of the assessment, beside what government says."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import InlineAdminFormSet
from django.db.models import Field, QuerySet
from django.forms import Field as FormField
from django.forms import HiddenInput, ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from commitments.services import has_been_public
from irm.codebook import COMPLETION
from irm.government_says import MilestoneUpdates, government_says
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone
from ogp_tracker.common.admin.access import RowsByRights
from ogp_tracker.common.admin.forms import RowSet

from .codes import WithCodes, offer_codes


class FindingForm(ModelForm):
    said: MilestoneUpdates | None = None

    def has_changed(self) -> bool:
        """The milestone alone of a new row is nothing to save."""
        if self.instance.pk is None:
            return bool(set(self.changed_data) - {"milestone"})
        return super().has_changed()


class FindingFormSet(RowSet):
    """The findings of an assessment; one of a draft that is emptied is taken away."""

    def _should_delete_form(self, form: ModelForm) -> bool:
        # What was typed: a text that is refused is not among the cleaned values.
        typed = [form[name].value() for name in ("completion", "found") if name in form.fields]
        is_draft = self.instance.published_on is None
        is_emptied = is_draft and bool(typed) and not any(typed)
        return is_emptied or bool(super()._should_delete_form(form))  # type: ignore[misc]


class FindingInline(
    RowsByRights[MilestoneFinding, Assessment], WithCodes[Any], admin.StackedInline
):
    model = MilestoneFinding
    form = FindingForm
    formset = FindingFormSet
    template = "admin/irm/assessment/findings.html"
    # From its own page a finding is answered.
    show_change_link = True
    verbose_name_plural = gettext_lazy("findings on single milestones")

    def get_fields(self, request: HttpRequest, obj: Assessment | None = None) -> tuple[str, ...]:
        if obj is None or has_codes_of_milestones(obj):
            return ("milestone", "completion", "found")
        return ("milestone", "found")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MilestoneFinding]:
        related = ("milestone__commitment", "assessment__report")
        rows = super().get_queryset(request).select_related(*related)
        return rows.order_by("milestone__order", "milestone__number")

    def get_extra(self, request: HttpRequest, obj: Assessment | None = None, **kwargs: Any) -> int:
        return len(without_finding(obj)) if obj is not None else 0

    def get_formset(
        self, request: HttpRequest, obj: Assessment | None = None, **kwargs: Any
    ) -> type[FindingFormSet]:
        formset = super().get_formset(request, obj, **kwargs)
        if obj is not None:
            offer_codes(formset.form, obj.report.kind)
        field = formset.form.base_fields.get("milestone")
        if isinstance(field, ModelChoiceField) and obj is not None:
            rows = Milestone.objects.filter(commitment=obj.commitment_id)
            field.queryset = rows.select_related("commitment").order_by("order", "number")
            setattr(field, "label_from_instance", label_of_milestone)  # noqa: B010
            field.widget = HiddenInput()
        return formset

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        if db_field.name == "completion":
            kwargs["help_text"] = db_field.help_text
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Assessment | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and has_been_public(obj))


def label_of_milestone(milestone: Milestone) -> str:
    return f"{milestone.name}: {Truncator(milestone.text).chars(80)}"


def has_codes_of_milestones(assessment: Assessment) -> bool:
    is_given = assessment.report.kind in COMPLETION.given_in
    return is_given or assessment.findings.exclude(completion="").exists()


def without_finding(assessment: Assessment) -> list[int]:
    found = assessment.findings.values("milestone")
    rows = Milestone.objects.filter(commitment=assessment.commitment_id).exclude(pk__in=found)
    return list(rows.order_by("order", "number").values_list("pk", flat=True))


def add_updates_beside(group: InlineAdminFormSet, assessment: Assessment) -> None:
    by_key = {str(one.milestone.pk): one for one in government_says(assessment)}
    for form in cast(list[FindingForm], group.formset.forms):
        is_typed = "milestone" in form.fields
        key = form["milestone"].value() if is_typed else form.instance.milestone_id
        form.said = by_key.get(str(key))
