"""Addresses of the whole site. They are permanent: if one changes, the old one redirects."""

from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from ogp_tracker import health, views, wellknown
from ogp_tracker.search.views import opensearch, search
from ogp_tracker.sitemaps import SITEMAPS

handler400 = "ogp_tracker.api.problems.bad_request"
handler404 = "ogp_tracker.api.problems.page_not_found"
handler429 = "ogp_tracker.accounts.limits.too_many_requests"
handler500 = "ogp_tracker.api.problems.server_error"

urlpatterns = [
    path("", views.front, name="front"),
    path("", include("commitments.urls")),
    path("", include("milestones.urls")),
    path("", include("irm.urls")),
    path("", include("ogp_tracker.history.urls")),
    path("", include("ogp_tracker.opendata.citing.urls")),
    path("", include("ogp_tracker.sharing.urls")),
    path("", include("ogp_tracker.following.urls")),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("search/", search, name="search"),
    path("search/opensearch.xml", opensearch, name="opensearch"),
    path("data/", include("ogp_tracker.opendata.urls")),
    path("api/", include("ogp_tracker.api.urls")),
    path("accounts/", include("ogp_tracker.accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
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
