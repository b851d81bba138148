"""Addresses of what is being delivered."""

from django.urls import path

from milestones import views

urlpatterns = [
    path(
        "commitments/<slug:slug>/milestones/<int:number>/",
        views.milestone,
        name="milestone",
    ),
]
