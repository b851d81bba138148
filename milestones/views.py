"""Public pages of a milestone, of what is overdue, and of OGP's requirement; files of evidence."""

from functools import cache
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments.models import ActionPlan
from milestones import requirement
from milestones.evidence_files.serving import answer_with
from milestones.filters import OverdueFilter
from milestones.models import Evidence, Milestone
from milestones.overdue import RUNNING, OverdueSection
from milestones.querysets import MilestoneQuerySet
from ogp_tracker.common.folds import unfolded
from ogp_tracker.common.reference_date import reference_date

ROWS_PER_PAGE = 25
FIRST_ROWS = 10


def milestone(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    shown = _page_rows().filter(commitment__slug=slug, number=number).first()
    if shown is None:
        found = Milestone.objects.public().filter(number=number).select_related("commitment")
        return redirect(get_object_or_404(found, commitment__slug__iexact=slug), permanent=True)
    siblings = list(Milestone.objects.filter(commitment=shown.commitment))
    for sibling in siblings:
        sibling.commitment = shown.commitment
    context = {
        "milestone": shown,
        "commitment": shown.commitment,
        "timings": sorted(shown.timings(reference_date(request))),
        "siblings": sorted(siblings, key=lambda one: (one.order, one.number)),
    }
    return unfolded(request, render(request, "milestones/milestone.html", context))


@cache
def _page_rows() -> MilestoneQuerySet:
    """Never evaluated itself: putting the query together took a sixth of the time of a page."""
    return Milestone.objects.public().for_page()


def overdue(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    filters = OverdueFilter(request.GET, Milestone.objects.public())
    selection, plans = filters.selection(today), filters.form.chosen("plan")
    plan = plans[0] if len(plans) == 1 else None
    context = {"filters": filters, "sections": OverdueSection, "plan": plan}
    shown = filters.form.chosen("show") or list(OverdueSection)
    if len(shown) == 1:
        only = OverdueSection(shown[0])
        pages = Paginator(selection.of(only), ROWS_PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        is_overdue = bool(pages.count) or only not in RUNNING
        context |= {"only": only, "page": page}
    else:
        found = selection.first(FIRST_ROWS, [one for one in OverdueSection if one in shown])
        is_overdue = any(part.total for part in found if part.section in RUNNING)
        context["found"] = found
        if not filters.form.chosen("show"):
            context["per_nation"] = selection.per_nation()
            if not filters.form.chosen("institution"):
                context["per_institution"] = selection.per_institution()
    if not is_overdue and not plan:
        context["plans"] = ActionPlan.objects.public().running(today)
    return render(request, "milestones/overdue_page.html", context)


def repository(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    today = timezone.localdate()
    figures = requirement.figures(plan, today)
    rows = Paginator(requirement.commitments_of(plan), ROWS_PER_PAGE * 2)
    return render(
        request,
        "milestones/repository.html",
        {
            "plan": plan,
            "figures": figures,
            "answers": requirement.answers(figures, plan.state(today), on=today),
            "page": rows.get_page(request.GET.get("page")),
            "standards_since": requirement.STANDARDS_SINCE,
        },
    )


@require_safe
def evidence_file(request: HttpRequest, uid: UUID, name: str) -> HttpResponseBase:
    piece = get_object_or_404(Evidence.objects.public(), uid=uid)
    if piece.stored is None:
        raise Http404
    if name != piece.file_name:
        return redirect(piece.file_address, permanent=True)
    # A cache has to ask each time whether the update is still public.
    return answer_with(request, piece.stored, caching="no-cache")
