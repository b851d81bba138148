"""Addresses of what assessors found."""

from django.urls import path
from django.views.generic import RedirectView

from irm import views

urlpatterns = [
    path("assessments/", views.assessment_list, name="assessments"),
    path("disagreements/", views.disagreement_list, name="disagreements"),
    path("reports/", RedirectView.as_view(pattern_name="assessments", permanent=True)),
    path("reports/<slug:slug>/", views.report, name="report"),
]
