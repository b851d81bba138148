"""Public pages of nations, plans, institutions and commitments."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Prefetch, QuerySet, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from commitments.by_plan import KnownCounts, PlanPaginator, counts_by_plan, sections_of
from commitments.filters import CommitmentFilter
from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation
from commitments.models.plan import PlanState
from commitments.querysets import CommitmentQuerySet
from commitments.recorded_first import TwoPartPaginator, recorded_first
from ogp_tracker.common.folds import unfolded
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.common.relations import attach_level_counts, related_public_rows

ROWS_PER_PAGE = 25
LOG_ROWS = 3
INSTITUTIONS = 20
OVERDUE_ROWS = 5


def nation(request: HttpRequest, code: str) -> HttpResponse:
    shown = get_object_or_404(Nation.objects.public(), code=code)
    commitments = Commitment.objects.public().filter(nations=shown)
    milestones = _milestones().filter(commitment__nations=shown)
    institutions = shown.institutions.public().order_by("name")
    return render(
        request,
        "commitments/nation.html",
        {
            "nation": shown,
            **recorded_first(request, commitments, nation=shown),
            "level_counts": _milestones().level_counts(nation=shown).get(None),
            "institutions": institutions[:INSTITUTIONS],
            "log": _updates().said_in(shown).newest(LOG_ROWS),
            "overdue": overdue_in(milestones, reference_date(request), nation=shown),
        },
    )


def plan_list(request: HttpRequest) -> HttpResponse:
    plans = attach_level_counts(ActionPlan.objects.for_list(), _milestones(), by="commitment__plan")
    groups = plans_by_state(plans, reference_date(request))
    return render(request, "commitments/plan_list.html", {"groups": groups})


def plan(request: HttpRequest, slug: str, template: str = "commitments/plan.html") -> HttpResponse:
    shown = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    milestones = _milestones().filter(commitment__plan=shown)
    commitments = Commitment.objects.public().filter(plan=shown)
    reports = related_public_rows(ActionPlan, "reports")
    on = reference_date(request)
    overdue = overdue_in(milestones, on)
    return render(
        request,
        template,
        {
            "plan": shown,
            **recorded_first(request, commitments),
            "level_counts": milestones.level_counts().get(None),
            "whole_counts": related_public_rows(Commitment, "nation_progress")
            .filter(commitment__plan=shown)
            .whole_level_counts(),
            "reports": reports.filter(plan=shown).for_list(),
            "covering": reports.covering(shown),
            "log": _updates().filter(commitment__plan=shown).newest(LOG_ROWS),
            "overdue": overdue,
            "on_time": milestones.on_time(on, overdue.tally),
        },
    )


def institution_list(request: HttpRequest) -> HttpResponse:
    rows: QuerySet[Any] = Institution.objects.for_list()
    leading = rows.filter(lead_count__gt=0).count()
    paginator = TwoPartPaginator(
        rows.order_by(Case(When(lead_count=0, then=1), default=0), "name"),
        sizes=(50, 150),
        totals=(leading, Institution.objects.count() - leading),
    )
    page = paginator.get_page(request.GET.get("page"))
    return render(request, "commitments/institution_list.html", {"page": page})


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    shown: Any = get_object_or_404(Institution.objects.for_page(), slug=slug)
    mine = Involvement.objects.public().filter(institution=shown)
    commitments = Commitment.objects.public().filter(pk__in=mine.order_by().values("commitment"))
    context = recorded_first(request, commitments)
    roles = defaultdict(list)
    shown_here = [line.pk for line in context["page"]]
    for row in mine.filter(commitment__in=shown_here).order_by("role"):
        roles[row.commitment_id].append(row.get_role_display())
    for line in context["page"]:
        line.parts = roles[line.pk]
    milestones = _milestones().filter(commitment__in=commitments)
    reports = related_public_rows(Institution, "reports").filter(institution=shown)
    leads = Institution.objects.leading().filter(pk=shown.pk).exists()
    context |= {
        "leads": leads,
        "institution": shown,
        "first_shown": shown.first_shown,
        "level_counts": milestones.level_counts().get(None),
        # Of bodies that report on progress there are none.
        "reports": () if shown.may_report else reports.for_list(),
        "log": _updates().filter(institution=shown).newest(LOG_ROWS),
    }
    if leads:
        # What it owes is what it leads, as behind the link to `/overdue/`.
        led, on = _milestones().led_by(shown), reference_date(request)
        context["overdue"] = overdue = overdue_in(led, on)
        context["on_time"] = led.on_time(on, overdue.tally)
    return render(request, "commitments/institution.html", context)


def commitment_list(request: HttpRequest) -> HttpResponse:
    public = Commitment.objects.public()
    filters = CommitmentFilter(request.GET or QueryDict("sort=plan"), public)
    counts = counts_by_plan(filters.qs)
    total = KnownCounts(*map(sum, zip(*counts.values(), strict=True)))
    context: dict[str, Any] = {"filters": filters, "counts": total}
    if filters.is_by_plan:
        sizes = [one.commitment_count for one in counts.values()]
        page = _page_of_lines(request, filters.qs, sizes=sizes)
        context["sections"] = list(sections_of(page, counts))
    else:
        page = _page_of_lines(request, filters.qs, total=total.commitment_count)
    if filters.form.active():
        context["in_all"] = public.count()
    context |= {"page": page, "plan_count": len(counts.keys() - {None})}
    return render(request, "commitments/commitment_list.html", context)


def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        shown = _page_rows().get(slug=slug)
    except Commitment.DoesNotExist:
        found = get_object_or_404(Commitment.objects.public(), slug__iexact=slug)
        return redirect(found, permanent=True)
    return unfolded(request, render(request, "commitments/commitment.html", context_of(shown)))


@cache
def _page_rows() -> CommitmentQuerySet:
    """Never evaluated itself: putting the query together took a sixth of the time of a page."""
    return Commitment.objects.public().for_page()


def context_of(shown: Any) -> dict[str, Any]:
    """What the page of a commitment shows; `shown` is one of `for_page`."""
    assessments = {row.pk: row for row in shown.assessments.all()}
    for milestone in shown.milestones.all():
        for finding in milestone.findings.all():
            finding.assessment = assessments[finding.assessment_id]
    return {
        "commitment": shown,
        "first_shown": shown.first_shown,
        "linked": Commitment.objects.linked_to(shown) if shown.is_linked else (),
    }


def milestones_of(request: HttpRequest, slug: str) -> HttpResponse:
    """A shortened address of a milestone."""
    shown = get_object_or_404(Commitment.objects.public(), slug__iexact=slug)
    return redirect(f"{shown.get_absolute_url()}#milestones")


def nations_side_by_side() -> list[Nation]:
    nations: list[Any] = attach_level_counts(Nation.objects.for_list(), _milestones(), by="nation")
    dates = _updates().of_government().last_days_in_nations()
    for row in nations:
        row.last = dates.get(row.pk)
    return nations


def plans_by_state(plans: list[ActionPlan], on: date) -> list[tuple[PlanState, list[ActionPlan]]]:
    order = (PlanState.CURRENT, PlanState.COMING, PlanState.CLOSED, PlanState.UNKNOWN)
    groups = [(state, [row for row in plans if row.state(on) == state]) for state in order]
    return [(state, rows) for state, rows in groups if rows]


def overdue_in(milestones: Any, on: date, nation: Nation | None = None) -> Any:
    """What is overdue or not updated, and what closed plans left open: an `overdue.Overview`."""
    return milestones.overdue_overview(on, each=OVERDUE_ROWS, nation=nation)


def _milestones() -> Any:
    return related_public_rows(Commitment, "milestones")


def _updates() -> Any:
    return related_public_rows(Commitment, "milestones__updates")


def _page_of_lines(
    request: HttpRequest,
    commitments: CommitmentQuerySet,
    total: int | None = None,
    sizes: Sequence[int] | None = None,
) -> Page[Any]:
    """`total` is known already; with the `sizes` of plans, no page ends within a plan."""
    said = related_public_rows(Commitment, "nation_progress").filter(milestone=None)
    said = said.filter(update__isnull=False).select_related("nation", "update")
    whole = Prefetch("nation_progress", queryset=said, to_attr="whole")
    rows = commitments.for_list().prefetch_related(whole)
    paginator = Paginator(rows, ROWS_PER_PAGE) if sizes is None else PlanPaginator(rows, sizes)
    if total is not None:
        paginator.count = total
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    milestones = _milestones().filter(commitment__in=[row.pk for row in page.object_list])
    attach_level_counts(page.object_list, milestones, by="commitment")
    return page
