"""Public pages of a milestone, of what is overdue, and of OGP's requirement; files of evidence."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.models import ActionPlan, Commitment
from milestones import requirement, when
from milestones.evidence_files.serving import answer_with
from milestones.filters import OverdueFilter
from milestones.models import Evidence, Milestone
from milestones.overdue import SectionRows, Selection
from milestones.querysets import MilestoneQuerySet
from milestones.sections import RUNNING, OverdueSection
from ogp_tracker.common.folds import unfolded
from ogp_tracker.common.reference_date import reference_date

ROWS_PER_PAGE = 25
FIRST_ROWS = 3
INSTITUTIONS_PER_PAGE = 10


def milestone(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    shown = _page_rows().filter(commitment__slug=slug, number=number).first()
    if shown is None:
        found = Milestone.objects.public().filter(number=number).select_related("commitment")
        return redirect(get_object_or_404(found, commitment__slug__iexact=slug), permanent=True)
    context = context_of(shown, reference_date(request))
    return unfolded(request, render(request, "milestones/milestone.html", context))


def context_of(shown: Milestone, on: date) -> dict[str, Any]:
    """What the page of a milestone shows; `shown` is one of `for_page`."""
    siblings = list(Milestone.objects.filter(commitment=shown.commitment))
    for sibling in siblings:
        sibling.commitment = shown.commitment
    return {
        "milestone": shown,
        "commitment": shown.commitment,
        "timings": sorted(shown.timings(on)),
        "siblings": sorted(siblings, key=lambda one: (one.order, one.number)),
    }


@cache
def _page_rows() -> MilestoneQuerySet:
    """Never evaluated itself: putting the query together took a sixth of the time of a page."""
    return Milestone.objects.public().for_page()


def overdue(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    filters = OverdueFilter(request.GET, Milestone.objects.public())
    selection, plans = filters.selection(today), filters.form.chosen("plan")
    shown = [one for one in OverdueSection if one in filters.form.chosen("show")]
    context: dict[str, Any] = {
        "filters": filters,
        "tally": selection.tally,
        "plan": plans[0] if len(plans) == 1 else None,
        "plans": ActionPlan.objects.public().running(today),
    }
    if len(shown) == 1:
        (only,) = shown
        rows = Paginator(selection.of(only), ROWS_PER_PAGE)
        rows.count = selection.tally.totals[only]
        page = rows.get_page(request.GET.get("page"))
        context |= {"only": only, "page": page, "found": [SectionRows(only, rows.count, [*page])]}
    else:
        context |= _counted(request, filters, selection, shown)
    closed = (part.rows for part in context["found"] if part.section.is_at_end)
    context["scale"] = when.draw([row for rows in closed for row in rows], today)
    context["title"] = _title(filters, context.get("page"))
    return render(request, "milestones/overdue_page.html", context)


def _title(filters: OverdueFilter, page: Page[Any] | None) -> str:
    title = _("Overdue and not updated")
    if chosen := ", ".join(one["value"] for one in filters.form.active()):
        title = f"{title}: {chosen}"
    if page and page.number > 1:
        title = _("%(title)s (page %(number)s)") % {"title": title, "number": intcomma(page.number)}
    return title


def _counted(
    request: HttpRequest,
    filters: OverdueFilter,
    selection: Selection,
    chosen: list[OverdueSection],
) -> dict[str, Any]:
    """Several sections, and if no reader chose them, for whom they are counted."""
    totals, shown = selection.tally.totals, chosen or list(OverdueSection)
    counted: dict[str, Any] = {
        "found": selection.first(FIRST_ROWS, shown),
        "columns": [one for one in OverdueSection if totals[one]],
        "empty": "; ".join(
            str(one.label)
            for one in shown
            if not totals[one] and (selection.tally.running or one not in RUNNING)
        ),
    }
    if chosen:
        return counted
    counted["per_nation"] = selection.per_nation()
    if not selection.nations:
        counted["standings"] = selection.tally.standings()
        counted["coverage"] = Commitment.objects.public().coverage()
    if not filters.form.chosen("institution"):
        pages = Paginator(list(selection.institutions()), INSTITUTIONS_PER_PAGE)
        page = counted["page"] = pages.get_page(request.GET.get("page"))
        counted["per_institution"] = selection.per_institution([*page])
    return counted


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
