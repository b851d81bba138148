"""What a reader sees when a page cannot be made."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

RETRY_AFTER = 30
"""Seconds after which to try again; templates/503.html says the same."""


def server_error(request: HttpRequest) -> HttpResponse:
    """503 if the database does not answer, or else 500.

    Django calls it while it handles the error. Nothing here may need the database.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    return HttpResponse(
        render_to_string("503.html"),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )
