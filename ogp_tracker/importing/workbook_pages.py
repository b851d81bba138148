"""Where workbooks are downloaded: of a plan by readers, in the admin with drafts; of a report."""

from collections.abc import Callable
from io import BytesIO

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights
from irm.models import Report
from ogp_tracker.opendata.freshness import answer

from .new_workbook import MEDIA_TYPE
from .template import TEMPLATES, template_of
from .workbook_of_plan import csv_files, empty, filled

ZIP = "application/zip"


@require_safe
def plan_workbook(request: HttpRequest, slug: str, ending: str = "xlsx") -> HttpResponse:
    """Of today only: imported, a workbook of the past would undo what has changed since."""
    plan = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    if "as_at" in request.GET:
        said = _("A workbook has today's rows. Use the tables at %s for those as at a past date.")
        return _refused(request, said % reverse("data"))
    media_type = ZIP if ending == "zip" else MEDIA_TYPE
    return answer(request, request.path, media_type, lambda _on: _file_of(request, plan, ending))


def urls(site: admin.AdminSite) -> list[URLPattern]:
    at, view = "commitments/actionplan/", site.admin_view
    return [
        path(f"{at}workbook/", view(empty_page), name="empty_plan_workbook"),
        path(f"{at}<int:pk>/workbook/", view(filled_page), name="plan_workbook"),
        path(
            "irm/report/<int:pk>/template/<slug:table>/", view(report_page), name="import_template"
        ),
        path(f"{at}<int:pk>/sheets/", view(filled_page), {"ending": "zip"}, name="plan_sheets"),
    ]


def empty_page(request: HttpRequest) -> HttpResponse:
    return _file(request, empty, "new-plan.xlsx")


def filled_page(request: HttpRequest, pk: int, ending: str = "xlsx") -> HttpResponse:
    """With drafts for those who see all of them; for others as readers have it."""
    plan = get_object_or_404(ActionPlan, pk=pk)
    return _file_of(request, plan, ending, drafts=sees_all_drafts(rights_in(request), plan))


def sees_all_drafts(rights: Rights, plan: ActionPlan) -> bool:
    drafts = Commitment.objects.filter(plan=plan, published_on=None)
    unseen = drafts.exclude(pk__in=rights.seen_commitments().values("pk"))
    return rights.is_government and not unseen.exists()


def report_page(request: HttpRequest, pk: int, table: str) -> HttpResponse:
    """For researchers: the assessments or findings of one report, to fill in."""
    rights = rights_in(request)
    report = get_object_or_404(Report, pk=pk)
    if not rights.is_assessor:
        raise PermissionDenied
    if table not in TEMPLATES:
        raise Http404
    name = f"{report.slug}-{table}.xlsx"
    return _file(request, lambda: template_of(TEMPLATES[table], report, rights), name)


def _file_of(
    request: HttpRequest, plan: ActionPlan, ending: str, *, drafts: bool = False
) -> HttpResponse:
    name = f"{plan.slug}{'-with-drafts' if drafts else ''}.{ending}"
    made = csv_files if ending == "zip" else filled
    return _file(request, lambda: made(plan, drafts=drafts), name)


def _file(request: HttpRequest, make: Callable[[], BytesIO], name: str) -> HttpResponse:
    try:
        content = make()
    except ValidationError as too_large:
        return _refused(request, *too_large.messages)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    media_type = ZIP if name.endswith("zip") else MEDIA_TYPE
    return HttpResponse(
        content.getvalue(), content_type=media_type, headers={"Content-Disposition": disposition}
    )


def _refused(request: HttpRequest, *sentences: str) -> HttpResponse:
    return render(request, "404.html", {"no_file": " ".join(sentences)}, status=400)
