"""Where the workbook of a plan is downloaded: by readers, and in the admin with drafts."""

from io import BytesIO

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights
from ogp_tracker.opendata.freshness import answer

from .new_workbook import MEDIA_TYPE
from .workbook_of_plan import csv_files, empty, filled

ZIP = "application/zip"


@require_safe
def plan_workbook(request: HttpRequest, slug: str, ending: str = "xlsx") -> HttpResponse:
    """Of today only: imported, a workbook of the past would undo what has changed since."""
    plan = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    if "as_at" in request.GET:
        said = _("A workbook has today's rows. Use the tables at %s for those as at a past date.")
        return _refused(said % reverse("data"))
    media_type = ZIP if ending == "zip" else MEDIA_TYPE
    return answer(
        request, request.path, media_type, lambda _on: _file_of(plan, ending, drafts=False)
    )


def urls(site: admin.AdminSite) -> list[URLPattern]:
    at, view = "commitments/actionplan/", site.admin_view
    return [
        path(f"{at}workbook/", view(empty_page), name="empty_plan_workbook"),
        path(f"{at}<int:pk>/workbook/", view(filled_page), name="plan_workbook"),
        path(f"{at}<int:pk>/sheets/", view(filled_page), {"ending": "zip"}, name="plan_sheets"),
    ]


def empty_page(_request: HttpRequest) -> HttpResponse:
    return _file(empty(), "new-plan.xlsx")


def filled_page(request: HttpRequest, pk: int, ending: str = "xlsx") -> HttpResponse:
    """With drafts for those who see all of them; for others as readers have it."""
    plan = get_object_or_404(ActionPlan, pk=pk)
    return _file_of(plan, ending, drafts=sees_all_drafts(rights_in(request), plan))


def sees_all_drafts(rights: Rights, plan: ActionPlan) -> bool:
    drafts = Commitment.objects.filter(plan=plan, published_on=None)
    unseen = drafts.exclude(pk__in=rights.seen_commitments().values("pk"))
    return rights.is_government and not unseen.exists()


def _file_of(plan: ActionPlan, ending: str, *, drafts: bool) -> HttpResponse:
    name = f"{plan.slug}{'-with-drafts' if drafts else ''}.{ending}"
    made = csv_files if ending == "zip" else filled
    try:
        return _file(made(plan, drafts=drafts), name)
    except ValidationError as too_large:
        return _refused(*too_large.messages)


def _file(content: BytesIO, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    media_type = ZIP if name.endswith("zip") else MEDIA_TYPE
    return HttpResponse(
        content.getvalue(), content_type=media_type, headers={"Content-Disposition": disposition}
    )


def _refused(*sentences: str) -> HttpResponse:
    text = "\n".join(sentences) + "\n"
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
