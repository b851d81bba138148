"""An assessment as readers would see it; only here, and nothing is written."""

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from irm.models import Assessment, MilestoneFinding
from ogp_tracker.common.admin.generic import ModelAdmin


class PreviewsAssessment(ModelAdmin[Assessment]):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        preview = path("<path:object_id>/preview/", view, name="irm_assessment_preview")
        return [preview, *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
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
