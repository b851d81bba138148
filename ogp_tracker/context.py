"""What every public page may use."""

from typing import Any

from django.http import HttpRequest

from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date


def site(request: HttpRequest) -> dict[str, Any]:
    """`past`: what the reader asked of a page with past versions; `as_at`: the date, if valid."""
    past = getattr(request, "past", None)
    return {
        "today": reference_date(request),
        "past": past,
        "as_at": past and past.day,
        "canonical_url": absolute(request.path),
    }
