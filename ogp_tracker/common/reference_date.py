"""The date that a page describes: today, or the past date that its reader asked for."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone


def reference_date(request: HttpRequest) -> date:
    """`request.past` is what the middleware read in the address, if the page has past versions.

    Pages ask here, so that none of them reads the clock itself.
    """
    past = getattr(request, "past", None)
    return (past and past.day) or timezone.localdate()
