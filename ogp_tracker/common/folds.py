"""Pages whose folded parts can all be read and printed at once, without a script."""

from django.http import HttpRequest, HttpResponse

EVERYTHING = "all"
"""The parameter of an address that opens every fold."""


def unfolded(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Done on the finished page, so that no fold of any template can be forgotten."""
    if EVERYTHING in request.GET:
        response.content = response.content.replace(b"<details", b"<details open")
    return response
