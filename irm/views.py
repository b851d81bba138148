"""Public pages of what assessors found."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from irm.codebook import variables_of
from irm.disagreements.rows import Places
from irm.disagreements.shown import places
from irm.filters import AssessmentFilter, DisagreementFilter
from irm.models import Assessment, Report

ROWS_PER_PAGE = 50


def assessment_list(request: HttpRequest) -> HttpResponse:
    filters = AssessmentFilter(request.GET, Assessment.objects.public().for_list())
    page = Paginator(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    recorded = filters.qs.recorded().count()
    context = {
        "filters": filters,
        "page": page,
        "recorded": recorded,
        "covered": page.paginator.count - recorded,
        "reports": Report.objects.for_list(),
    }
    return render(request, "irm/assessment_list.html", context)


def disagreement_list(request: HttpRequest) -> HttpResponse:
    filters = DisagreementFilter(request.GET, Places.public().newest_plan_first())
    page = Paginator(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "places": places(list(page.object_list)),
        "chosen": {name: filters.form.chosen(name) for name in ("nation", "plan", "institution")},
    }
    return render(request, "irm/disagreement_list.html", context)


def report(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Report.objects.for_list(), slug=slug)
    rows = Assessment.objects.public().filter(report=shown).for_report_page()
    return render(
        request,
        "irm/report.html",
        {
            "report": shown,
            "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
            "recorded": rows.recorded().count(),
            "variables": list(variables_of(shown.kind)),
        },
    )
