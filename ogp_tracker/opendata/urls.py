"""Addresses of the files of the public data."""

from django.urls import path, re_path

from ogp_tracker.opendata import views

urlpatterns = [
    path("tracker.zip", views.package_file, name="data_package"),
    path("releases/<release:number>/tracker.zip", views.release_file, name="data_release_file"),
    re_path(r"^(?P<name>[a-z_]+)\.(?P<ending>[a-z]+)$", views.table, name="data_table"),
]
