"""How a file that is followed is answered: under its own address, and only to who lacks it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ogp_tracker.opendata.freshness import Freshness


def answer(
    request: HttpRequest, address: str, media_type: str, write: Callable[[], str | bytes]
) -> HttpResponse:
    """Answer with what is written, with 304 to who has it, or lead to the right address."""
    if request.path != address:
        return redirect(address, permanent=True)
    freshness = Freshness.of(request, media_type)
    if known := freshness.not_modified(request):
        return known
    marked: HttpResponse = freshness.mark(HttpResponse(write(), content_type=media_type))
    return marked
