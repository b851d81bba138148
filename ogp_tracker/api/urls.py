"""Addresses of the API. A list is named after its table, a row by the key of the table."""

from django.urls import path

from ogp_tracker.api import views
from ogp_tracker.api.resources import RESOURCES

urlpatterns = [
    path("v1/", views.RootView.as_view(), name="api"),
    path("v1/schema/", views.SchemaView.as_view(), name="api_schema"),
    path("v1/codebook/", views.CodebookListView.as_view(), name="api_codebook"),
    path("v1/codebook/<slug:variable>/", views.CodebookDetailView.as_view(), name="api_variable"),
]
for one in RESOURCES:
    rows = views.ListView.as_view(resource=one, operation=f"list_{one.name}", tag=one.name)
    row = views.DetailView.as_view(
        resource=one, operation=f"get_{one.row_name.lower()}", tag=one.name
    )
    urlpatterns += [
        path(f"v1/{one.name}/", rows, name=f"api_{one.name}"),
        path(f"v1/{one.name}/{one.route}", row),
    ]
