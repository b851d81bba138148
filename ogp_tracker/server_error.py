"""What a reader or a program gets when an answer cannot be made. Nothing here asks the database."""

import sys
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from ogp_tracker.accounts.unsaved_forms import form_to_send_again
from ogp_tracker.api import problems
from ogp_tracker.common.outage import DATABASE_ERRORS, is_disk_full, outage

RETRY_AFTER = 30
"""Seconds after which to try again; templates/503.html says the same."""

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
STYLES = ("tokens", "base", "frame", "account")


def server_error(request: HttpRequest) -> HttpResponse:
    """503 if the database does not answer, or else 500. Django calls it inside its `except`."""
    error = sys.exception()
    disk_full = is_disk_full(error)
    if disk_full or not isinstance(error, DATABASE_ERRORS):
        return fault(request, disk_full=disk_full)
    outage.notice(error, request.path)
    response = database_unavailable(request)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def page(request: HttpRequest, *_error: Exception, status: int, **context: Any) -> HttpResponse:
    """With the form that was sent, ready to be sent again, if it came from this very site."""
    context |= {
        "contact": settings.CONTACT_EMAIL,
        "in_admin": request.path.startswith(reverse("admin:index")),
        "styles": _styles(),
        **form_to_send_again(request),
    }
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def _styles() -> list[str]:
    try:
        return [static(f"css/{name}.css") for name in STYLES]
    except ValueError:
        # Without `collectstatic` this very page must still come.
        return []


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, status=413 if isinstance(exception, TOO_LARGE) else 400)


refused = problems.for_api("bad-request", "The request is not valid. Check its address.", page)
fault = problems.for_api(
    "server-error",
    "Something went wrong on this site, and it has been logged. Try again later.",
    partial(page, status=500),
)
database_unavailable = problems.for_api(
    "database-unavailable",
    f"This site’s database is not answering. Try again in {RETRY_AFTER} seconds.",
    partial(page, status=503),
)
