"""Addresses of what changed: below the thing whose changes they show."""

from django.urls import path

from ogp_tracker.history import views

urlpatterns = [
    path("changes/", views.all_changes, name="changes"),
    path("nations/<slug:code>/changes/", views.nation, name="nation_changes"),
    path("plans/<slug:slug>/changes/", views.plan, name="plan_changes"),
    path("institutions/<slug:slug>/changes/", views.institution, name="institution_changes"),
    path("commitments/<slug:slug>/changes/", views.commitment, name="commitment_changes"),
    path(
        "commitments/<slug:slug>/milestones/<int:number>/changes/",
        views.milestone,
        name="milestone_changes",
    ),
]
