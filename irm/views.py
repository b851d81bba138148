"""Public pages of what assessors found."""

from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from irm.by_report import by_report, findings_first
from irm.codebook import variables_of
from irm.disagreements.rows import Places
from irm.disagreements.rule import FINDINGS, KINDS, DisagreementSection, Unit
from irm.disagreements.sections import sections_of
from irm.disagreements.shown import rows_of
from irm.disagreements.survey import survey
from irm.filters import AssessmentFilter, DisagreementFilter
from irm.models import Assessment, Report
from irm.paired_counts import PairedCounts, paired_counts
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
    filters = DisagreementFilter(request.GET, Places.none())
    form = filters.form
    found = survey(filters.commitments(), form.chosen("nation"))
    kinds, units = form.chosen("kind"), form.chosen("unit")
    if kinds or units:
        wanted = (kinds or KINDS, units or list(Unit))
        pages = Paginator(range(found.number_of(*wanted)), ROWS_IN_LIST)
        page: Any = pages.get_page(request.GET.get("page"))
        keys = found.cut(*wanted, page.object_list)
        rows = chain.from_iterable(one.values() for one in rows_of(found, *keys))
        listed = {"filters": filters, "page": page, "rows": list(rows)}
        return render(request, "irm/disagreement_list.html", listed)
    sections = sections_of(found, each=ROWS_IN_SECTION)
    paired = [] if form.chosen("nation") or form.chosen("institution") else _paired(form)
    sections[0].plans = len(paired)
    context = {
        "filters": filters,
        "sections": sections,
        "paired": paired,
        "both": sections[0].commitments + sections[-1].commitments,
        "commitments": sum(
            one.commitments for one in sections if one.section != DisagreementSection.EVIDENCE
        ),
        "milestones": found.counts.total(),
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
