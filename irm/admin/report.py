"""Reports in which assessors publish what they found."""

from typing import TYPE_CHECKING, Any, TypedDict

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from irm.models import Assessment, Reply, Report
from irm.work import with_counts
from ogp_tracker.common.admin.forms import RefusableForm
from ogp_tracker.common.admin.generic import Fieldsets

from .section import AssessorsSection
from .work import HasWorkList

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class AssessmentCount(TypedDict):
        assessment_count: int

    class WorkCounts(TypedDict):
        to_do: int
        covered: int
        in_progress: int
        assessed: int


class ReportForm(RefusableForm):
    """A report whose kind decides which codes its assessments can hold."""

    takes_back = forms.BooleanField(
        label=gettext_lazy("Take it back from readers"),
        required=False,
        help_text=gettext_lazy(
            "Only for a version for public comment that becomes a draft again: its page and all its"
            " assessments vanish from the public pages, and links to them lead nowhere."
        ),
    )

    def clean(self) -> dict[str, Any] | None:
        """Ask before a report is taken back from readers; refuse it if government has replied."""
        cleaned = super().clean()
        was, becomes = self.initial.get("stage"), (cleaned or {}).get("stage")
        if was == Report.Stage.PUBLIC_COMMENT and becomes == Report.Stage.DRAFT:
            answered = Reply.objects.public().filter(assessment__report=self.instance.pk)
            if answered.exists():
                self.add_error("stage", _("Government has answered it in public. It stays."))
            elif not self.cleaned_data.get("takes_back"):
                words = _(
                    "Readers see this version: %(number)s assessments of it are public. Tick “Take"
                    " it back from readers” if that is meant."
                )
                seen = self.instance.assessments.public().recorded().count()
                self.add_error("stage", words % {"number": intcomma(seen)})
        return cleaned

    def clean_kind(self) -> str:
        """Refuse a kind of report that does not give codes that its assessments hold."""
        kind: str = self.cleaned_data["kind"]
        if self.instance.pk is None or kind == self.initial.get("kind"):
            return kind
        rows = self.instance.assessments.all()
        out_of_place = {name for row in rows for name in row.codes_out_of_place(kind)}
        lost = sorted(str(label_for_field(name, Assessment)) for name in out_of_place)
        if lost:
            raise ValidationError(
                _(
                    "Assessments of this report hold codes that such a report does not give:"
                    " %(codes)s. Empty them there first."
                )
                % {"codes": ", ".join(lost)}
            )
        return kind


@admin.register(Report)
class ReportAdmin(HasWorkList, AssessorsSection[Report]):
    """Reports: the version for public comment and the final one are public."""

    form = ReportForm
    list_display = ("title", "kind", "assessor", "plan", "stage", "released_on", "assessed_count")
    list_select_related = ("plan",)
    list_filter = ("stage", "kind", "assessor", "institution", "plan")
    search_fields = ("title", "slug", "plan__title")
    date_hierarchy = "released_on"
    choice_fields = ("plan",)
    filled_from = {"slug": ("title",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (None, {"fields": ("title", "slug", "kind", "assessor", "plan")}),
        (gettext_lazy("What it rests on"), {"fields": ("evidence_cut_off", "url")}),
        (gettext_lazy("What it counts"), {"fields": ("completion_totals",)}),
        (gettext_lazy("Publication"), {"fields": ("released_on", "stage", "takes_back")}),
        (gettext_lazy("Note"), {"fields": ("tracker_note",), "classes": ("collapse",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Report | None = None) -> Fieldsets:
        """Only what readers see for comment can be taken back."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and obj.is_for_comment and self.has_change_permission(request, obj):
            return fieldsets
        return [
            (name, {**more, "fields": [one for one in more["fields"] if one != "takes_back"]})
            for name, more in fieldsets
        ]

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        if not rights_in(request).is_assessor:
            return columns
        return [one if one != "assessed_count" else "work" for one in columns]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Count the commitments that each report assesses; for government the published ones."""
        reports = super().get_queryset(request)
        if rights_in(request).is_assessor:
            every = F("assessed") + F("in_progress")
            return with_counts(reports).annotate(assessment_count=every)
        seen = Q(assessments__in=Assessment.objects.public().recorded())
        return reports.annotate(assessment_count=Count("assessments", filter=seen, distinct=True))

    @admin.display(description=gettext_lazy("assessments"), ordering="assessment_count")
    def assessed_count(self, obj: "WithAnnotations[Report, AssessmentCount]") -> int:
        return obj.assessment_count

    @admin.display(description=gettext_lazy("work list"), ordering="to_do")
    def work(self, obj: "WithAnnotations[Report, WorkCounts]") -> str:
        counts = _(
            "%(to_do)s to do, %(covered)s covered, %(in_progress)s in progress,"
            " %(assessed)s assessed"
        ) % {
            "to_do": intcomma(obj.to_do if obj.gives_codes else 0),
            "covered": intcomma(obj.covered),
            "in_progress": intcomma(obj.in_progress),
            "assessed": intcomma(obj.assessed),
        }
        path = reverse("admin:irm_report_work", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', path, counts)

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Report | None
    ) -> None:
        context["is_assessor"] = rights_in(request).is_assessor

    def is_public(self, obj: Report) -> bool:
        return obj.stage != Report.Stage.DRAFT

    def is_settled(self, obj: Report) -> bool:
        return self.is_public(obj)
