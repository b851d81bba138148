"""Reports in which assessors publish what they found."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.admin.base import HistoryAdmin, RefusableForm
from commitments.rights import Rights
from irm.codebook import BLANK, VARIABLES, variables_of
from irm.models import Assessment, Report


class ReportForm(RefusableForm):
    """A report whose kind decides which codes its assessments can hold."""

    def clean_kind(self) -> str:
        """Refuse a kind that does not give the codes which the report's assessments hold."""
        kind: str = self.cleaned_data["kind"]
        if self.instance.pk is None or kind == self.initial.get("kind"):
            return kind
        given = set(variables_of(kind))
        lost = [
            str(variable.label)
            for variable in VARIABLES
            if variable not in given
            and self.instance.assessments.exclude(**{variable.name: BLANK}).exists()
        ]
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
class ReportAdmin(HistoryAdmin):
    """Reports: the version for public comment and the final one are public."""

    form = ReportForm
    list_display = ("title", "kind", "assessor", "plan", "stage", "released_on", "assessed")
    list_select_related = ("plan",)
    list_filter = ("stage", "kind", "assessor", "plan")
    search_fields = ("title", "slug", "plan__title")
    date_hierarchy = "released_on"
    autocomplete_fields = ("plan",)
    filled_from = {"slug": ("title",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (None, {"fields": ("title", "slug", "kind", "assessor", "plan")}),
        (gettext_lazy("What it rests on"), {"fields": ("evidence_cut_off", "url")}),
        (gettext_lazy("Publication"), {"fields": ("released_on", "stage")}),
        (gettext_lazy("Note"), {"fields": ("tracker_note",), "classes": ("collapse",)}),
    )

    def may_see(self, rights: Rights) -> bool:
        """Assessors write them; government looks them up."""
        return rights.is_assessor or rights.is_government

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return all to assessors; to government what is public of its own commitments."""
        found: QuerySet[Any] = rows
        if rights.is_assessor:
            return found
        found = rows.public()
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the reports with the number of commitments that they assess.

        Government counts the published ones.
        """
        rights = rights_in(request)
        seen = None if rights.is_assessor else Q(assessments__in=Assessment.objects.public())
        count = Count("assessments", filter=seen, distinct=True)
        return super().get_queryset(request).annotate(assessment_count=count)

    @admin.display(description=gettext_lazy("assessments"), ordering="assessment_count")
    def assessed(self, obj: Any) -> int:
        """Return how many commitments the report assesses."""
        return int(obj.assessment_count)

    def is_public(self, obj: Report) -> bool:
        """Return whether the report has a public page."""
        return obj.stage != Report.Stage.DRAFT

    def is_settled(self, obj: Report) -> bool:
        """A report that readers can see stays."""
        return self.is_public(obj)
