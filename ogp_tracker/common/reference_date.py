"""The day of which a page tells: today, or the past day that its reader asked for."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone


def reference_date(request: HttpRequest) -> date:
    """Return the day on which a page computes what follows from the clock.

    `request.past` is what the middleware of the project read in the address, if the page knows
    days; pages ask here, so that none of them looks at the clock itself.
    """
    past = getattr(request, "past", None)
    return (past and past.day) or timezone.localdate()
