"""Pages whose folded parts can all be read and printed at once, without a script."""

import re

from django.http import HttpRequest, HttpResponse

EVERYTHING = "all"
"""The parameter of an address that opens every fold."""


def unfolded(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Done on the finished page, so that no fold of any template can be forgotten."""
    if EVERYTHING in request.GET:
        closed = re.sub(rb"(<details[^>]*?) open(?=[ >])", rb"\1", response.content)
        response.content = closed.replace(b"<details", b"<details open")
    return response
