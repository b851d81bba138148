"""Responses with feeds and calendars: at one address, with 304 where the copy is still good."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ogp_tracker.opendata.freshness import Freshness


def answer(
    request: HttpRequest, address: str, media_type: str, write: Callable[[], str | bytes]
) -> HttpResponse:
    """Redirects to `address`, the canonical one, if another was requested."""
    if request.path != address:
        return redirect(address, permanent=True)
    freshness = Freshness.for_request(request, media_type)
    if known := freshness.not_modified(request):
        return known
    marked: HttpResponse = freshness.set_headers(HttpResponse(write(), content_type=media_type))
    return marked
