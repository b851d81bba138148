"""Public pages of what assessors found."""

from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from commitments.models import Commitment
from irm.by_report import by_report, findings_first
from irm.codebook import variables_of
from irm.disagreements.rows import Places
from irm.disagreements.rule import FINDINGS, DisagreementSection
from irm.disagreements.sections import sections_of
from irm.disagreements.shown import rows_of
from irm.filters import AssessmentFilter, DisagreementFilter
from irm.models import Assessment, Report
from irm.paired_counts import PairedCounts, paired_counts
from milestones.models import Milestone
from ogp_tracker.common.either import ReadersForm

ROWS_PER_PAGE = 50
ROWS_IN_LIST = 25
ROWS_IN_SECTION = 6


def assessment_list(request: HttpRequest) -> HttpResponse:
    filters = AssessmentFilter(request.GET, findings_first(Assessment.objects.public()))
    page = Paginator(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    recorded = filters.qs.recorded()
    counts = recorded.order_by().aggregate(
        recorded=Count("pk"), found=Count("pk", filter=Q(completion__in=FINDINGS))
    )
    context = {
        "filters": filters,
        "page": page,
        "groups": by_report(page.object_list),
        **counts,
        "covered": page.paginator.count - counts["recorded"],
        "reports": Report.objects.for_list(),
    }
    return render(request, "irm/assessment_list.html", context)


def disagreement_list(request: HttpRequest) -> HttpResponse:
    """Sections with the first rows of each, or all rows of what a reader chose, in pages."""
    filters = DisagreementFilter(request.GET, Places.public())
    form, places = filters.form, filters.qs
    if form.chosen("kind") or form.chosen("unit"):
        page = Paginator(places.by_milestone(), ROWS_IN_LIST).get_page(request.GET.get("page"))
        found = list(page.object_list)
        wholes: list[Any] = [row for row in found if isinstance(row, Commitment)]
        milestones = [row.pk for row in found if isinstance(row, Milestone)]
        rows = chain.from_iterable(one.values() for one in rows_of(wholes, milestones))
        listed = {"filters": filters, "page": page, "rows": list(rows)}
        return render(request, "irm/disagreement_list.html", listed)
    sections = sections_of(places, each=ROWS_IN_SECTION)
    paired = [] if form.chosen("nation") or form.chosen("institution") else _paired(form)
    sections[0].plans = len(paired)
    commitments = places.wholes.order_by().values("pk")
    context = {
        "filters": filters,
        "sections": sections,
        "paired": paired,
        "both": sections[0].commitments + sections[-1].commitments,
        "commitments": sum(
            one.commitments for one in sections if one.section != DisagreementSection.EVIDENCE
        ),
        "milestones": Milestone.objects.filter(commitment__in=commitments).count(),
    }
    return render(request, "irm/disagreement_list.html", context)


def _paired(form: ReadersForm) -> list[PairedCounts]:
    """The counts of whole plans that contradict each other."""
    reports = Report.objects.public().exclude(completion_totals="").select_related("plan")
    if plans := form.chosen("plan"):
        reports = reports.filter(plan__in=plans)
    return [one for one in paired_counts(reports.order_by("-plan__end_date")) if one.contradict]


def report(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Report.objects.for_list(), slug=slug)
    rows = Assessment.objects.public().filter(report=shown).for_report_page()
    # What is only covered comes last: a line each.
    ordered = rows.order_by(F("is_recorded").desc(), *rows.query.order_by)
    page = Paginator(ordered, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "irm/report.html",
        {
            "report": shown,
            "page": page,
            "recorded": [row for row in page.object_list if row.is_recorded],
            "only_covered": [row for row in page.object_list if not row.is_recorded],
            "recorded_number": rows.recorded().count(),
            "variables": list(variables_of(shown.kind)),
        },
    )
