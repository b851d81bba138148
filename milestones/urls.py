"""Addresses of what is being delivered."""

from django.urls import path

from milestones import views

urlpatterns = [
    path("late/", views.late, name="late"),
    path("plans/<slug:slug>/repository/", views.repository, name="repository"),
    path(
        "commitments/<slug:slug>/milestones/<int:number>/",
        views.milestone,
        name="milestone",
    ),
    path("evidence/<uuid:uid>/<str:name>", views.evidence_file, name="evidence_file"),
]
