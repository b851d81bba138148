"""What a reader or a program gets when an answer cannot be made. Nothing here asks the database."""

import sys

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from ogp_tracker.accounts.unsaved_forms import comes_from_here, unsaved_fields
from ogp_tracker.api import problems
from ogp_tracker.common.outage import DATABASE_ERRORS, outage

RETRY_AFTER = 30
"""Seconds after which to try again; templates/503.html says the same."""


def server_error(request: HttpRequest) -> HttpResponse:
    """503 if the database does not answer, or else 500. Django calls it inside its `except`."""
    error = sys.exception()
    if not isinstance(error, DATABASE_ERRORS):
        return problems.server_error(request)
    outage.notice(error, request.path)
    response = database_unavailable(request)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def page_of_outage(request: HttpRequest) -> HttpResponse:
    """With the form that was sent, ready to be sent again, if it came from this very site."""
    context = {}
    try:
        if request.method == "POST" and comes_from_here(request):
            token = request.POST.get("csrfmiddlewaretoken", "")
            again = request.get_full_path()
            context = {"again": again, "token": token, **unsaved_fields(request)}
    except (SuspiciousOperation, MultiPartParserError, OSError):
        # The form cannot be read, for example because the reader stopped sending it.
        pass
    return HttpResponse(render_to_string("503.html", context), status=503)


database_unavailable = problems.for_api(
    "database-unavailable",
    f"This site’s database is not answering. Try again in {RETRY_AFTER} seconds.",
    page_of_outage,
)
