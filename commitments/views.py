"""Public pages of nations, plans, institutions and commitments."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from commitments.filters import CommitmentFilter
from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation
from commitments.models.plan import PlanState
from commitments.querysets import CommitmentQuerySet
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.common.relations import attach_level_counts, related_public_rows

ROWS_PER_PAGE = 25
LOG_ROWS = 10
OVERDUE_ROWS = 5


def nation_list(request: HttpRequest) -> HttpResponse:
    return render(request, "commitments/nation_list.html", {"nations": nations_side_by_side()})


def nation(request: HttpRequest, code: str) -> HttpResponse:
    shown = get_object_or_404(Nation.objects.for_list(), code=code)
    commitments = Commitment.objects.public().filter(nations=shown)
    milestones = _milestones().filter(commitment__nations=shown)
    # Not `nations=shown`: SQLite would read all its updates to show the latest.
    in_the_nation = Nation.objects.filter(pk=shown.pk, updates=OuterRef("pk"))
    return render(
        request,
        "commitments/nation.html",
        {
            "nation": shown,
            "page": _page_of_lines(request, commitments.newest_plan_first(), nation=shown),
            "level_counts": _milestones().level_counts(nation=shown).get(None),
            "institutions": shown.institutions.public().order_by("name"),
            "log": _updates().filter(Exists(in_the_nation)).for_log()[:LOG_ROWS],
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
    commitments = Commitment.objects.public().filter(plan=shown).newest_plan_first()
    coverage = commitments.coverage()
    return render(
        request,
        template,
        {
            "plan": shown,
            "page": _page_of_lines(request, commitments, total=coverage["commitment_count"]),
            "level_counts": milestones.level_counts().get(None),
            "coverage": coverage,
            "whole_counts": related_public_rows(Commitment, "nation_progress")
            .filter(commitment__plan=shown)
            .whole_level_counts(),
            "reports": related_public_rows(ActionPlan, "reports").filter(plan=shown).for_list(),
            "log": _updates().filter(commitment__plan=shown).for_log()[:LOG_ROWS],
            "overdue": overdue_in(milestones, reference_date(request)),
        },
    )


def institution_list(request: HttpRequest) -> HttpResponse:
    rows = Institution.objects.for_list().order_by("name")
    return render(request, "commitments/institution_list.html", {"page": _page(request, rows, 100)})


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    shown: Any = get_object_or_404(Institution.objects.for_page(), slug=slug)
    mine = Involvement.objects.public().filter(institution=shown)
    commitments = Commitment.objects.public().filter(Exists(mine.filter(commitment=OuterRef("pk"))))
    page = _page_of_lines(request, commitments.newest_plan_first())
    roles, leads = defaultdict(list), False
    for row in mine.order_by("role"):
        leads = leads or row.role == Involvement.Role.LEAD
        roles[row.commitment_id].append(row.get_role_display())
    for line in page:
        line.parts = roles[line.pk]
    milestones = _milestones().filter(commitment__in=commitments)
    reports = related_public_rows(Institution, "reports").filter(institution=shown)
    leads = leads or _milestones().filter(lead=shown).exists()
    return render(
        request,
        "commitments/institution.html",
        {
            "leads": leads,
            "institution": shown,
            "first_shown": shown.first_shown,
            "page": page,
            "level_counts": milestones.level_counts().get(None),
            "coverage": commitments.coverage(),
            # Of bodies that report on progress there are none.
            "reports": () if shown.may_report else reports.for_list(),
            "log": _updates().filter(institution=shown).for_log()[:LOG_ROWS],
            "overdue": overdue_in(milestones, reference_date(request)) if leads else {},
        },
    )


def commitment_list(request: HttpRequest) -> HttpResponse:
    filters = CommitmentFilter(request.GET or QueryDict("sort=plan"), Commitment.objects.public())
    return render(
        request,
        "commitments/commitment_list.html",
        {
            "filters": filters,
            "page": _page_of_lines(request, filters.qs),
            "coverage": filters.qs.coverage(),
        },
    )


def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    public = Commitment.objects.public()
    shown: Any = public.for_page().filter(slug=slug).first()
    if shown is None:
        return redirect(get_object_or_404(public, slug__iexact=slug), permanent=True)
    return render(request, "commitments/commitment.html", context_of(shown))


def context_of(shown: Any) -> dict[str, Any]:
    """What the page of a commitment shows; `shown` is one of `for_page`."""
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
    dates = _updates().of_government().last_days("nations")
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


def _page(request: HttpRequest, rows: QuerySet[Any], per_page: int = ROWS_PER_PAGE) -> Page[Any]:
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def _page_of_lines(
    request: HttpRequest,
    commitments: CommitmentQuerySet,
    nation: Nation | None = None,
    total: int | None = None,
) -> Page[Any]:
    said = related_public_rows(Commitment, "nation_progress").filter(milestone=None)
    said = said.filter(update__isnull=False).select_related("nation")
    whole = Prefetch("nation_progress", queryset=said, to_attr="whole")
    paginator = Paginator(commitments.for_list().prefetch_related(whole), ROWS_PER_PAGE)
    if total is not None:
        paginator.count = total
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    milestones = _milestones().filter(commitment__in=[row.pk for row in page.object_list])
    attach_level_counts(page.object_list, milestones, by="commitment", nation=nation)
    return page
