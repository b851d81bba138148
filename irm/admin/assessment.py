"""Assessments with their findings: the assessor's word, and nothing of government's."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.forms import BaseFormSet, CheckboxSelectMultiple, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.filters import PublicationFilter
from commitments.services import has_been_public
from irm.models import Assessment, MilestoneFinding
from irm.models.assessment import HOLDING
from ogp_tracker.common.admin.access import AdminRequestState
from ogp_tracker.common.admin.forms import RefusableForm, without_icons
from ogp_tracker.common.admin.generic import FieldOptions, Fieldsets

from .answering import OffersReply
from .codes import WithCodes, code_fields, kinds_of_nothing, offer_codes
from .finding_rows import FindingInline, add_updates_beside, without_finding

KEEPS_A_DRAFT = {"_draft", "_preview"}


class AssessmentForm(RefusableForm):
    """An assessment; which button was pressed says whether a draft is published."""

    asks_by_rule = True

    class Meta:
        # There are few values, so that no script is needed.
        widgets = {"relevant_values": CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and any(map(cleaned.get, (*HOLDING, "relevant_values"))):
            cleaned["is_recorded"] = True
        if cleaned is None or "published_on" not in self.fields or self.was_published:
            return cleaned
        if not KEEPS_A_DRAFT.isdisjoint(self.data):
            self.errors.pop("published_on", None)
            cleaned["published_on"] = None
        elif "_publish" in self.data and not cleaned.get("published_on"):
            cleaned["published_on"] = timezone.localdate()
            self.changed_data.append("published_on")
        return cleaned

    @property
    def was_published(self) -> bool:
        """Whether readers can see what is stored, if its report is no draft."""
        return self.initial.get("published_on") is not None


@admin.register(Assessment)
class AssessmentAdmin(WithCodes[Assessment], OffersReply[Assessment]):
    form = AssessmentForm
    list_display = ("commitment", "report", "completion", "published_on")
    list_of_all_related = ("report__plan", "commitment")
    list_filter = (PublicationFilter, "report__kind", "completion", "commitment__plan", "report")
    search_fields = ("commitment__slug", "commitment__title", "report__title", "title_in_report")
    date_hierarchy = "published_on"
    ordering = ("commitment__slug", "report__title")
    choice_fields = ("report", "commitment")
    fixed_once_saved = ("report", "commitment")
    inlines = (FindingInline,)
    path_to_commitment = "commitment"
    own_pages = ("preview",)

    def get_fieldsets(self, request: HttpRequest, obj: Assessment | None = None) -> Fieldsets:
        chosen: tuple[str, FieldOptions] = (
            _("Which report and which commitment"),
            {
                "fields": ("report", "commitment"),
                "description": ""
                if obj
                else _(
                    "Choose the report and the commitment. The next page has the codes that such"
                    " a report gives."
                ),
            },
        )
        if obj is None:
            return [chosen]
        fieldsets: list[tuple[str, FieldOptions]] = [
            *([chosen] if AdminRequestState.of(request).reads_history else []),
            (
                _("How the report calls it"),
                {"fields": ("number_in_report", "title_in_report", "is_recorded")},
            ),
            (_("Codes"), {"fields": tuple(code_fields(obj)), "description": kinds_of_nothing()}),
            (
                _("In the words of the report"),
                {
                    "fields": (
                        "heading_as_published",
                        "commitment_as_reported",
                        "shares_text_with",
                        "analysis",
                        "footnotes",
                    )
                },
            ),
            (_("Publication"), {"fields": ("published_on",), "classes": ("later",)}),
        ]
        return self.of_the_version(request, [one for one in fieldsets if one[1]["fields"]])

    def get_inlines(self, request: HttpRequest, obj: Assessment | None = None) -> Any:
        """The findings come once it is known which commitment is assessed."""
        return super().get_inlines(request, obj) if obj is not None else ()

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        """Findings are stored after the assessment, which is no longer only covered then."""
        super().save_related(request, form, formsets, change)
        row: Assessment = form.instance
        if not row.is_recorded and row.findings.exists():
            row.is_recorded = True
            row.save()

    def is_settled(self, obj: Assessment) -> bool:
        return has_been_public(obj)

    def response_add(
        self, request: HttpRequest, obj: Assessment, post_url_continue: str | None = None
    ) -> HttpResponse:
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:irm_assessment_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: Assessment) -> HttpResponse:
        if "_preview" in request.POST:
            return redirect("admin:irm_assessment_preview", obj.pk)
        if "_draft" in request.POST:
            self.message_user(request, _("The draft is kept."), messages.SUCCESS)
            return redirect("admin:irm_assessment_change", obj.pk)
        if "_publish" in request.POST:
            self.message_user(request, self._published(obj), messages.SUCCESS)
            return redirect("admin:irm_report_work", obj.report_id)
        return super().response_change(request, obj)

    def _published(self, obj: Assessment) -> str:
        name = {"commitment": obj.commitment.slug}
        if self.is_public(obj):
            return _("The assessment of %(commitment)s is published.") % name
        return (
            _(
                "The assessment of %(commitment)s is published, but readers do not see it before"
                " its report and the commitment are public."
            )
            % name
        )

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The assessment as readers would see it; only here, and nothing is written."""
        row = self.row_in(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if row.published_on is not None:
            return redirect("admin:irm_assessment_change", row.pk)
        shown = Assessment.objects.for_commitment_page().select_related("commitment")
        findings = MilestoneFinding.objects.for_report_page()
        assessment = shown.prefetch_related(Prefetch("findings", findings)).get(pk=row.pk)
        answer = TemplateResponse(
            request, "admin/irm/assessment/preview.html", {"assessment": assessment}
        )
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    # The page

    def get_form(
        self,
        request: HttpRequest,
        obj: Assessment | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            offer_codes(form, obj.report.kind)
        field = form.base_fields.get("shares_text_with")
        if isinstance(field, ModelChoiceField) and obj is not None:
            without_icons(field)
            rows = Assessment.objects.filter(report=obj.report_id, shares_text_with=None)
            rows = rows.exclude(pk=obj.pk).select_related("commitment")
            field.queryset = rows.order_by("commitment__order", "commitment__slug")
            setattr(field, "label_from_instance", lambda row: str(row.commitment))  # noqa: B010
            field.empty_label = _("None: the text is here")
        return form

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Assessment, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, FindingInline) and request.method != "POST":
            given["initial"] = [{"milestone": key} for key in without_finding(obj)]
        return given

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Assessment | None
    ) -> None:
        super().add_to_context(request, context, obj)
        form, groups = context["adminform"].form, context["inline_admin_formsets"]
        writes = obj is not None and self.has_change_permission(request, obj)
        # What was typed may already be in the row that is shown.
        published_on = form.initial.get("published_on") if writes else obj and obj.published_on
        is_published = published_on is not None
        context |= {
            "writes": writes,
            "is_published": is_published,
            "writes_draft": writes and not is_published,
        }
        if obj is not None:
            for group in groups:
                add_updates_beside(group, obj)
