"""Where the workbook of a plan is downloaded: by readers, and in the admin with drafts."""

from io import BytesIO

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights
from ogp_tracker.opendata.freshness import answer

from .new_workbook import MEDIA_TYPE
from .workbook_of_plan import empty, filled


@require_safe
def plan_workbook(request: HttpRequest, slug: str) -> HttpResponse:
    """Of today only: imported, a workbook of the past would undo what has changed since."""
    plan = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    if "as_at" in request.GET:
        said = _("A workbook has today's rows. Use the tables at %s for those as at a past date.")
        return _refused(said % reverse("data"))
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Disposition": content_disposition_header(True, f"{plan.slug}.xlsx"),
    }
    try:
        return answer(
            request,
            reverse("plan_workbook", args=[plan.slug]),
            MEDIA_TYPE,
            lambda _on: HttpResponse(filled(plan, drafts=False).getvalue(), headers=headers),
        )
    except ValidationError as too_large:
        return _refused(*too_large.messages)


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path(
            "commitments/actionplan/workbook/",
            site.admin_view(empty_page),
            name="empty_plan_workbook",
        ),
        path(
            "commitments/actionplan/<int:pk>/workbook/",
            site.admin_view(filled_page),
            name="plan_workbook",
        ),
    ]


def empty_page(_request: HttpRequest) -> FileResponse:
    return _file(empty(), "new-plan.xlsx")


def filled_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """With drafts for those who see all of them; for others as readers have it."""
    plan = get_object_or_404(ActionPlan, pk=pk)
    drafts = sees_all_drafts(rights_in(request), plan)
    try:
        return _file(
            filled(plan, drafts=drafts), f"{plan.slug}{'-with-drafts' if drafts else ''}.xlsx"
        )
    except ValidationError as too_large:
        messages.error(request, " ".join(too_large.messages))
        return redirect("admin:commitments_actionplan_change", plan.pk)


def sees_all_drafts(rights: Rights, plan: ActionPlan) -> bool:
    of_plan = Commitment.objects.filter(plan=plan)
    unseen = of_plan.exclude(pk__in=rights.seen_commitments().values("pk"))
    return rights.is_government and not unseen.filter(published_on=None).exists()


def _file(content: BytesIO, name: str) -> FileResponse:
    return FileResponse(content, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


def _refused(*sentences: str) -> HttpResponse:
    text = "\n".join(sentences) + "\n"
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
