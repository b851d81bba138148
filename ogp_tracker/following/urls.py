"""Addresses of the page that takes in who wants alerts by email, and of the links in them."""

from django.urls import path

from ogp_tracker.following import views

urlpatterns = [
    path("asked/", views.asked, name="follow_asked"),
    path("confirm/<str:token>/", views.confirm, name="follow_confirm"),
    path("mine/<str:token>/", views.mine, name="follow_mine"),
]
