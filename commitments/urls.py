"""Addresses of what was promised."""

from django.urls import path

from commitments import views

urlpatterns = [
    path("nations/", views.nation_list, name="nations"),
    path("nations/<slug:code>/", views.nation, name="nation"),
    path("plans/", views.plan_list, name="plans"),
    path("plans/<slug:slug>/", views.plan, name="plan"),
    path("institutions/", views.institution_list, name="institutions"),
    path("institutions/<slug:slug>/", views.institution, name="institution"),
    path("commitments/", views.commitment_list, name="commitments"),
    path("commitments/<slug:slug>/", views.commitment, name="commitment"),
    path("commitments/<slug:slug>/milestones/", views.milestones_of, name="milestones"),
]
