"""Assessments with their findings: the assessor's word, and nothing of government's."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import RowsByRights
from commitments.admin.base import (
    HistoryAdmin,
    RefusableForm,
    without_icons,
)
from commitments.admin.commitments import has_been_public
from commitments.admin.filters import PublicationFilter
from commitments.rights import Rights
from irm.codebook import BLANK, BY_NAME, NOTHINGS, VARIABLES, Variable, variables_of
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone

from .answering import Answered, OffersReply


def explained(variable: Variable) -> str:
    """Return what the codebook says of a variable, as the help text of its field."""
    values = format_html_join(
        "",
        "<li><strong>{}</strong>: {}</li>",
        ((value.label, value.definition) for value in variable.values if value.definition),
    )
    unknown = "" if variable.is_complete else _("The full list of values is not known.")
    return format_html("{} {}<ul>{}</ul>", variable.definition, unknown, values)


def kinds_of_nothing() -> str:
    """Return the sentence that keeps apart what a report can fail to say."""
    words = " ".join(f"{value.label}: {value.definition}" for value in NOTHINGS)
    return _("Blank: the report says nothing under this heading. %(others)s") % {"others": words}


class WithCodes(admin.options.BaseModelAdmin):
    """A form whose coded fields are explained by the codebook and can be left blank knowingly."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; a coded one with the codebook's definitions."""
        if db_field.name not in BY_NAME:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        kwargs["choices"] = db_field.get_choices(blank_choice=[(BLANK, _("Blank"))])
        kwargs.setdefault("help_text", explained(BY_NAME[db_field.name]))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class FindingInline(RowsByRights, WithCodes, admin.StackedInline):
    """What the report says of single milestones of the commitment."""

    model = MilestoneFinding
    extra = 0
    fields = ("milestone", "completion", "found")
    # From its own page a finding is answered.
    show_change_link = True
    verbose_name_plural = gettext_lazy("findings on single milestones")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the findings in the order of the milestones, with what they are called by."""
        related = ("milestone__commitment", "assessment__report")
        rows = super().get_queryset(request).select_related(*related)
        return rows.order_by("milestone__number")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the rows' class, with the milestones of this commitment to choose from."""
        formset = super().get_formset(request, obj, **kwargs)
        field: Any = formset.form.base_fields.get("milestone")
        if field is not None and obj is not None:
            rows = Milestone.objects.filter(commitment=obj.commitment_id).order_by("number")
            field.queryset = rows.select_related("commitment")
            field.label_from_instance = lambda row: f"{row.label}: {Truncator(row.text).chars(80)}"
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


@admin.register(Assessment)
class AssessmentAdmin(OffersReply, WithCodes, HistoryAdmin):
    """Assessments: first the report and the commitment, then the codes that such a report gives."""

    form = RefusableForm
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
    autocomplete_fields = ("report", "commitment", "relevant_values")
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
            None,
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
            chosen,
            (_("How the report calls it"), {"fields": ("number_in_report", "title_in_report")}),
            (_("Codes"), {"fields": code_fields(obj), "description": kinds_of_nothing()}),
            (
                _("In the words of the report"),
                {"fields": ("commitment_as_reported", "analysis", "footnotes")},
            ),
            (_("Publication"), {"fields": ("published_on",)}),
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


@admin.register(MilestoneFinding)
class MilestoneFindingAdmin(OffersReply, WithCodes, HistoryAdmin):
    """Findings on single milestones; new ones are written on the page of their assessment."""

    list_display = ("milestone", "assessment", "completion", "short_text")
    list_of_all_related = (
        "milestone__commitment",
        "assessment__report",
        "assessment__commitment",
    )
    list_filter = ("completion", "assessment__report__kind", "assessment__report")
    search_fields = ("milestone__commitment__slug", "assessment__report__title", "found")
    ordering = ("milestone__commitment__slug", "milestone__number")
    fields = ("assessment", "milestone", "completion", "found")
    fixed_once_saved = ("assessment", "milestone")

    def may_see(self, rights: Rights) -> bool:
        """Assessors write them; government answers them."""
        return rights.is_assessor or rights.is_government

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return all to assessors; to government what is public of its own commitments."""
        found: QuerySet[Any] = rows
        if rights.is_assessor:
            return found
        found = rows.public().filter(assessment__commitment__in=rights.seen_commitments())
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A finding is written on the page of its assessment, which knows the milestones."""
        return False

    def is_settled(self, obj: MilestoneFinding) -> bool:
        """A finding that readers have seen stays."""
        return has_been_public(obj.assessment)

    def answered_by_reply(self, obj: MilestoneFinding) -> Answered:
        """Return what a reply from this page answers."""
        return Answered(obj.assessment, obj)

    def is_public(self, obj: MilestoneFinding) -> bool:
        """Return whether readers can see the finding."""
        return MilestoneFinding.objects.public().filter(pk=obj.pk).exists()

    def view_on_site(self, obj: MilestoneFinding) -> str | None:
        """Return the address of the milestone's public page."""
        return obj.milestone.get_absolute_url() if self.is_public(obj) else None

    @admin.display(description=gettext_lazy("what was found"))
    def short_text(self, obj: MilestoneFinding) -> str:
        """Return the beginning of the finding."""
        return Truncator(obj.found).chars(90)


def code_fields(assessment: Assessment) -> list[str]:
    """Return the coded fields that the report's kind gives, and any that hold a code all the same.

    A code out of place is shown so that it can be emptied.
    """
    given = set(variables_of(assessment.report.kind))
    names = []
    for variable in VARIABLES:
        if variable in given or getattr(assessment, variable.name):
            names.append(variable.name)
        if variable.name == "relevance" and variable in given:
            names.append("relevant_values")
    return names
