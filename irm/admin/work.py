"""Where a researcher begins: reports with what is left to record, and the work list of each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from commitments.admin.access import rights_in
from irm.codebook import variables_of
from irm.models import Report
from irm.work import (
    AssessmentState,
    WorkListRow,
    covered_by,
    open_reports,
    rows_of,
    start_assessment,
)
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page

SHOWN = 20
"""How many reports the first page shows."""

PER_PAGE = 50


def first_page(request: HttpRequest) -> dict[str, Any]:
    if not rights_in(request).is_assessor:
        return {}
    rows = open_reports(Report.objects.all())
    return {"reports": list(rows[:SHOWN]), "report_total": rows.count()}


class HasWorkList(TrackerAdmin[Report]):
    own_pages = ("work",)

    def work_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not rights_in(request).is_assessor:
            raise PermissionDenied
        report = self.row_in(request, object_id)
        if request.method == "POST":
            return self._start(request, report)
        rows = rows_of(report)
        state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
        found = [row for row in rows if _fits(row, state, words)]
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        return admin_page(
            self,
            request,
            "admin/irm/report/work.html",
            str(report),
            report=report,
            variables=list(variables_of(report.kind)),
            counts=[(one, sum(row.state is one for row in rows)) for one in AssessmentState],
            total=len(rows),
            page=page,
            state=state if state in AssessmentState else "",
            words=words,
        )

    def _start(self, request: HttpRequest, report: Report) -> HttpResponse:
        key = request.POST.get("commitment", "")
        if not key.isdecimal():
            raise Http404
        commitment = get_object_or_404(covered_by(report), pk=key)
        try:
            assessment = start_assessment(report, commitment)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return redirect("admin:irm_report_work", report.pk)
        return redirect("admin:irm_assessment_change", assessment.pk)


def _fits(row: WorkListRow, state: str, words: str) -> bool:
    text = f"{row.commitment.slug} {row.commitment.title}".casefold()
    if row.assessment is not None:
        names = (row.assessment.number_in_report, row.assessment.title_in_report)
        text += f" {' '.join(names)}".casefold()
    fits = all(word in text for word in words.casefold().split())
    return fits and (state not in AssessmentState or row.state == state)
