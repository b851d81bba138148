"""An assessment as readers would see it; only here, and nothing is written."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from irm.models import Assessment, MilestoneFinding
from ogp_tracker.common.admin.base import TrackerAdmin


class PreviewsAssessment(TrackerAdmin[Assessment]):
    own_pages = ("preview",)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
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
