"""Pages of the releases, and their files."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ogp_tracker.opendata import releases
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.tables import BY_NAME

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    return render(request, "opendata/releases.html", {"releases": Release.objects.all()})


@require_safe
def release(request: HttpRequest, number: str) -> HttpResponse:
    shown = get_object_or_404(Release, number=number)
    tables = [
        {"table": BY_NAME.get(name), "name": name, "rows": rows, "changes": shown.changes.get(name)}
        for name, rows in shown.rows.items()
    ]
    before = Release.objects.filter(made_at__lt=shown.made_at).first()
    return render(
        request,
        "opendata/release.html",
        {
            "release": shown,
            "before": before,
            "tables": tables,
            "file_name": releases.file_name(shown),
        },
    )


@require_safe
def release_file(request: HttpRequest, number: str) -> HttpResponseBase:
    shown = get_object_or_404(Release, number=number)
    etag = quote_etag(shown.sha256)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        path = releases.release_path(shown)
        if not path.exists():
            raise Http404
        response = FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=releases.file_name(shown),
            content_type="application/zip",
        )
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER
    return response
