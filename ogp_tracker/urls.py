"""Addresses of the whole site. They are permanent: if one changes, the old one redirects.

Those of public pages are in the registry (`ogp_tracker.pages`); here they get their views.
"""

from collections.abc import Callable
from functools import partial

from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.views.generic import RedirectView

from commitments import views as commitments
from irm import views as irm
from milestones import views as milestones
from ogp_tracker import views, wellknown
from ogp_tracker.api.views import docs
from ogp_tracker.following import views as following
from ogp_tracker.following.calendars import calendar
from ogp_tracker.following.feeds import feed
from ogp_tracker.history.views import changes
from ogp_tracker.importing.workbook_pages import plan_workbook
from ogp_tracker.mistakes import views as mistakes
from ogp_tracker.opendata import views as opendata
from ogp_tracker.opendata.citing.views import FILES, cite
from ogp_tracker.pages import PAGE, PAGES, Has
from ogp_tracker.search.views import opensearch, search
from ogp_tracker.sharing import views as sharing
from ogp_tracker.sitemaps import SITEMAPS

View = Callable[..., HttpResponseBase]

handler400 = "ogp_tracker.server_error.bad_request"
handler403 = "ogp_tracker.access_denied.permission_denied"
handler404 = "ogp_tracker.access_denied.page_not_found"
handler429 = "ogp_tracker.accounts.limits.too_many_requests"
handler500 = "ogp_tracker.server_error.server_error"

VIEWS: dict[str, View] = {
    "front": views.front,
    "nations": views.nation_list,
    "nation": commitments.nation,
    "plans": commitments.plan_list,
    "plan": commitments.plan,
    "repository": milestones.repository,
    "institutions": commitments.institution_list,
    "institution": commitments.institution,
    "commitments": commitments.commitment_list,
    "commitment": commitments.commitment,
    "milestone": milestones.milestone,
    "overdue": milestones.overdue,
    "assessments": irm.assessment_list,
    "report": irm.report,
    "disagreements": irm.disagreement_list,
    "follow": following.follow,
    "mistake": mistakes.report_mistake,
    "search": search,
    "data": opendata.data,
    "data_releases": opendata.release_list,
    "data_release": opendata.release,
    "api_docs": docs,
    "about": views.about,
    "accessibility": views.accessibility,
    "privacy": views.privacy,
}
"""The view of each page, by its name in the registry."""

BELOW: dict[Has, tuple[tuple[str, str, View], ...]] = {
    Has.HISTORY: (("changes/", "changes", changes),),
    Has.FEED: (("feed/", "feed", feed),),
    Has.CALENDAR: (("calendar.ics", "calendar", calendar),),
    Has.CITING: tuple(
        (f"cite.{ending}", f"cite_{ending}", partial(cite, ending=ending)) for ending in FILES
    ),
    Has.SHARING: (
        ("card.svg", "card", sharing.card),
        ("embed/", "embed", sharing.embed),
        ("preview.png", "preview", sharing.preview),
        ("about.jsonld", "described", sharing.commitment_described),
    ),
}
"""What a page has below it: the end of the address, its name (`PageKind.below`) and its view."""

urlpatterns = [
    *(path(page.route, VIEWS[page.name], name=page.name) for page in PAGES),
    *(
        path(f"{page.route}{ending}", view, {"page": page}, name=page.below(name))
        for page in PAGES
        for what, addresses in BELOW.items()
        if what in page.has
        for ending, name, view in addresses
    ),
    path(f"{PAGE['commitment'].route}milestones/", commitments.milestones_of, name="milestones"),
    path(f"{PAGE['plan'].route}workbook.xlsx", plan_workbook, name="plan_workbook"),
    path(f"{PAGE['plan'].route}sheets.zip", plan_workbook, {"ending": "zip"}, "plan_sheets"),
    path("reports/", RedirectView.as_view(pattern_name="assessments", permanent=True)),
    path("late/", RedirectView.as_view(pattern_name="overdue", permanent=True, query_string=True)),
    path("changes/feed/", RedirectView.as_view(pattern_name="feed", permanent=True)),
    path("evidence/<uuid:uid>/<str:name>", milestones.evidence_file, name="evidence_file"),
    path("follow/asked/", following.asked, name="follow_asked"),
    path("follow/confirm/<str:token>/", following.confirm, name="follow_confirm"),
    path("follow/mine/<str:token>/", following.mine, name="follow_mine"),
    path("mistake/sent/", mistakes.sent, name="mistake_sent"),
    path("search/opensearch.xml", opensearch, name="opensearch"),
    path("data/about.jsonld", sharing.data_described, name="data_described"),
    path("data/", include("ogp_tracker.opendata.urls")),
    path("api/", include("ogp_tracker.api.urls")),
    path("accounts/", include("ogp_tracker.accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", wellknown.healthz, name="healthz"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path("robots.txt", wellknown.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", wellknown.security_txt, name="security_txt"),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
]
