"""What every public page may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.mistakes.forms import PUBLIC


def site(request: HttpRequest) -> dict[str, Any]:
    """`past`: what the reader asked of a page with past versions; `as_at`: the date, if valid."""
    match = request.resolver_match
    past = getattr(request, "past", None)
    return {
        "today": reference_date(request),
        "past": past,
        "as_at": past and past.day,
        "canonical_url": absolute(request.path),
        "is_public_page": match is not None and match.view_name in PUBLIC,
        "contact": settings.CONTACT_EMAIL,
        "run_by": settings.RUN_BY,
        "run_by_link": settings.RUN_BY_LINK,
    }
