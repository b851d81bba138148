"""Addresses of the public data."""

from django.urls import path, re_path

from ogp_tracker.opendata import release_views, views

NUMBER = r"(?P<number>\d{4}\.\d{1,6})"

urlpatterns = [
    path("", views.data, name="data"),
    path("tracker.zip", views.package_file, name="data_package"),
    path("releases/", release_views.release_list, name="data_releases"),
    re_path(rf"^releases/{NUMBER}/$", release_views.release, name="data_release"),
    re_path(
        rf"^releases/{NUMBER}/tracker\.zip$", release_views.release_file, name="data_release_file"
    ),
    re_path(r"^(?P<name>[a-z_]+)\.(?P<ending>[a-z]+)$", views.table, name="data_table"),
]
