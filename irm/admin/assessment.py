"""Assessments with their findings: the assessor's word, and nothing of government's."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.base import HistoryAdmin
from commitments.admin.commitments import has_been_public
from commitments.admin.filters import PublicationFilter
from commitments.rights import Rights
from irm.models import Assessment
from milestones.admin.problems import problems_on
from ogp_tracker.common.admin.forms import RefusableForm, without_icons

from .answering import Answered, OffersReply
from .assessment_preview import PreviewsAssessment
from .codes import WithCodes, code_fields, kinds_of_nothing
from .finding_rows import FindingInline, beside, without_finding

KEEPS_A_DRAFT = {"_draft", "_preview"}


class AssessmentForm(RefusableForm):
    """An assessment; which button was pressed says whether a draft is published."""

    def clean(self) -> dict[str, Any] | None:
        """Return the cleaned data, with the day of publication that follows from the button."""
        cleaned = super().clean()
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
        """Return whether readers can see what is stored, if its report is no draft."""
        return self.initial.get("published_on") is not None


@admin.register(Assessment)
class AssessmentAdmin(PreviewsAssessment, OffersReply, WithCodes, HistoryAdmin):
    """Assessments: first the report and the commitment, then the codes that such a report gives."""

    form = AssessmentForm
    list_display = ("commitment", "report", "completion", "published_on")
    list_of_all_related = ("report__plan", "commitment")
    list_filter = (
        PublicationFilter,
        "report__kind",
        "completion",
        "commitment__plan",
        "report",
    )
    search_fields = (
        "commitment__slug",
        "commitment__title",
        "report__title",
        "title_in_report",
    )
    date_hierarchy = "published_on"
    ordering = ("commitment__slug", "report__title")
    autocomplete_fields = ("report", "commitment")
    fixed_once_saved = ("report", "commitment")
    inlines = (FindingInline,)

    def may_see(self, rights: Rights) -> bool:
        """Assessors write them; government answers them."""
        return rights.is_assessor or rights.is_government

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return all to assessors; to government what is public of its own commitments."""
        found: QuerySet[Any] = rows
        if rights.is_assessor:
            return found
        found = rows.public().filter(commitment__in=rights.seen_commitments())
        return found

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Only assessors write here."""
        return rights.is_assessor

    def may_change(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """Only assessors write here."""
        return rights.is_assessor

    def may_read_history(self, rights: Rights, obj: Any) -> bool:
        """Drafts of the past are the assessors'."""
        return rights.is_assessor

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields; which codes there are follows from the report's kind."""
        chosen = (
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
        fieldsets: list[Any] = [
            *([chosen] if getattr(request, "reads_history", False) else []),
            (_("How the report calls it"), {"fields": ("number_in_report", "title_in_report")}),
            (_("Codes"), {"fields": code_fields(obj), "description": kinds_of_nothing()}),
            (
                _("In the words of the report"),
                {
                    "fields": (
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

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the findings, once it is known which commitment is assessed."""
        return super().get_inlines(request, obj) if obj is not None else ()

    def answered_by_reply(self, obj: Assessment) -> Answered:
        """Return what a reply from this page answers: the assessment as a whole."""
        return Answered(obj)

    def is_public(self, obj: Assessment) -> bool:
        """Return whether readers can see the assessment."""
        return Assessment.objects.public().filter(pk=obj.pk).exists()

    def view_on_site(self, obj: Assessment) -> str | None:
        """Return the address of the assessment on its commitment's page."""
        if not self.is_public(obj):
            return None
        return f"{obj.commitment.get_absolute_url()}#{obj.anchor}"

    def is_settled(self, obj: Assessment) -> bool:
        """An assessment that readers have seen stays."""
        return has_been_public(obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Answer with the first question, from which there is only one way on."""
        buttons = {"show_save": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, buttons | (extra_context or {}))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the codes, whichever button was pressed."""
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:irm_assessment_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on to where the button leads."""
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

    # The page

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; the few values are ticked, without a script."""
        if db_field.name == "relevant_values":
            kwargs["widget"] = CheckboxSelectMultiple
            return without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form's class, with the assessments of this report that hold a text."""
        form = super().get_form(request, obj, change=change, **kwargs)
        field: Any = form.base_fields.get("shares_text_with")
        if field is not None and obj is not None:
            without_icons(field)
            rows = Assessment.objects.filter(report=obj.report_id, shares_text_with=None)
            rows = rows.exclude(pk=obj.pk).select_related("commitment")
            field.queryset = rows.order_by("commitment__number", "commitment__slug")
            field.label_from_instance = lambda row: str(row.commitment)
            field.empty_label = _("None: the text stands here")
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        """Return what the rows below are made with: each empty one is of a milestone."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, FindingInline) and request.method != "POST":
            given["initial"] = [{"milestone": key} for key in without_finding(obj)]
        return given

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Answer with the page, with what is wrong on it and what government says beside it."""
        form, groups = context["adminform"].form, context["inline_admin_formsets"]
        writes = obj is not None and self.has_change_permission(request, obj)
        context["problems"] = problems_on(form, groups)
        context["writes"] = writes
        # What was typed may already stand in the row that is shown.
        day = form.initial.get("published_on") if writes else getattr(obj, "published_on", None)
        context |= {"is_published": day is not None, "writes_draft": writes and day is None}
        for group in groups:
            beside(group, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)
