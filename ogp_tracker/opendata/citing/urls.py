"""Addresses of citations: below the page that they cite."""

from django.urls import path

from ogp_tracker.opendata.citing.views import FILES, cite

PAGES = {
    "front": "",
    "nation": "nations/<slug:code>/",
    "plan": "plans/<slug:slug>/",
    "institution": "institutions/<slug:slug>/",
    "commitment": "commitments/<slug:slug>/",
    "milestone": "commitments/<slug:slug>/milestones/<int:number>/",
    "report": "reports/<slug:slug>/",
}

urlpatterns = [
    path(f"{page}cite.{ending}", cite, {"name": name, "ending": ending}, name=f"cite_{name}")
    for name, page in PAGES.items()
    for ending in FILES
]
