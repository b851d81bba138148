"""What every public page may use."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest

from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.mistakes.forms import PUBLIC


def site(request: HttpRequest) -> dict[str, Any]:
    """`past`: what the reader asked of a page with past versions; `as_at`: the date, if valid.

    `mistake_query`: what the form for mistakes needs to know which page is meant.
    """
    match = request.resolver_match
    is_public = match is not None and match.view_name in PUBLIC
    past = getattr(request, "past", None)
    return {
        "today": reference_date(request),
        "past": past,
        "as_at": past and past.day,
        "canonical_url": absolute(request.path),
        "contact": settings.CONTACT_EMAIL,
        "mistake_query": f"?page={quote(request.get_full_path())}" if is_public else "",
        "run_by": settings.RUN_BY,
        "run_by_link": settings.RUN_BY_LINK,
    }
