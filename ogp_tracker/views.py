"""Pages of the whole site: the front page, the nations, about, accessibility, privacy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.views import nations_side_by_side
from irm.codebook import VARIABLES, ReportKind
from irm.spoken import SpokenCounts
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.front.page import front_page, nation_tiles


def front(request: HttpRequest) -> HttpResponse:
    return render(request, "site/front.html", front_page(reference_date(request)))


def nation_list(request: HttpRequest) -> HttpResponse:
    tiles = nation_tiles()
    return render(
        request,
        "commitments/nation_list.html",
        {
            "tiles": tiles,
            "counts": sum((tile.counts for tile in tiles), start=SpokenCounts()),
            "nations": nations_side_by_side(),
        },
    )


def about(request: HttpRequest) -> HttpResponse:
    return render(
        request, "site/about.html", {"variables": VARIABLES, "report_kinds": ReportKind.choices}
    )


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html", {"contact": settings.CONTACT_EMAIL})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "site/privacy.html", {"contact": settings.CONTACT_EMAIL})
