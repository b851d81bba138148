"""The date that a page describes: today, or the past date that its reader asked for."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone


def reference_date(request: HttpRequest) -> date:
    """The date on which a page computes what depends on the clock.

    `request.past` is what the middleware read in the address, if the page can be shown as at a past
    date. Pages ask here, so that none of them reads the clock itself.
    """
    past = getattr(request, "past", None)
    return (past and past.day) or timezone.localdate()
