"""Pages of the whole site: the front page, about, accessibility, privacy."""

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.models import ActionPlan, Commitment
from commitments.views import nations_side_by_side, overdue_in, plans_by_state
from irm.codebook import VARIABLES, ReportKind
from irm.models import Assessment
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.common.relations import attach_level_counts

LATEST_ROWS = 6


def front(request: HttpRequest) -> HttpResponse:
    milestones = Milestone.objects.public()
    log = list(ProgressUpdate.objects.public().for_log()[:LATEST_ROWS])
    plans = attach_level_counts(ActionPlan.objects.for_list(), milestones, by="commitment__plan")
    return render(
        request,
        "site/front.html",
        {
            "nations": nations_side_by_side(),
            "groups": plans_by_state(plans, reference_date(request)),
            "log": log,
            "overdue": overdue_in(milestones, reference_date(request)),
            "focus": commitment_in_focus(log),
        },
    )


def commitment_in_focus(log: list[ProgressUpdate]) -> Commitment | None:
    if not log:
        return None
    found = Prefetch("assessments", Assessment.objects.public().for_list())
    latest = Commitment.objects.public().prefetch_related(found).get(pk=log[0].commitment_id)
    attach_level_counts([latest], latest.milestones.all(), by="commitment")
    return latest


def about(request: HttpRequest) -> HttpResponse:
    return render(
        request, "site/about.html", {"variables": VARIABLES, "report_kinds": ReportKind.choices}
    )


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html", {"contact": settings.CONTACT_EMAIL})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "site/privacy.html", {"contact": settings.CONTACT_EMAIL})
