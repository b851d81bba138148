"""Whether a reader's copy is still good, known from the version of the data before any are read.

An answer depends on its address, the public data, whose version every write changes, today's date,
because overdue and stale follow from the clock, and the format. A new release of the tracker
changes the version, too, as every `migrate` does.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from milestones.conditions import midnight
from ogp_tracker.opendata.version import DataVersion, current

CACHING = "public, no-cache"
"""Anyone may keep a copy, and asks each time whether it is still good, which costs one query."""

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)


@dataclass(frozen=True)
class Freshness:
    """The validators of an answer, and the date for which its rows are read."""

    on: date
    version: DataVersion
    etag: str
    last_modified: int
    """Seconds since 1970."""

    @classmethod
    def for_request(cls, request: HttpRequest, media_type: str) -> "Freshness":
        """One query."""
        now, on = current(), timezone.localdate()
        parts = (
            now.version,
            on.isoformat(),
            settings.SITE_URL,
            request.get_full_path(),
            media_type,
        )
        digest = blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
        changed = max(now.moved_at, midnight(on)).timestamp()
        # Within the same second it could change again, and no date would show it.
        return cls(on, now, f'W/"{digest}"', int(min(changed, time.time() - 1)))

    def not_modified(self, request: HttpRequest) -> HttpResponse | None:
        if request.headers.get("If-None-Match", "").strip() == "*":
            # Whether the address exists at all is only known once it has been read.
            return None
        response = get_conditional_response(request, self.etag, self.last_modified)
        if response is None or response.status_code != 304:
            return None
        return self.set_headers(response)

    def set_headers(self, response: ResponseT) -> ResponseT:
        response["ETag"] = self.etag
        response["Last-Modified"] = http_date(self.last_modified)
        response["Cache-Control"] = CACHING
        patch_vary_headers(response, ["Accept"])
        return response


def answer(
    request: HttpRequest, address: str, media_type: str, write: Callable[[date], HttpResponse]
) -> HttpResponse:
    """Or 304, or a redirect to `address`, the canonical one, if another was requested."""
    if request.path != address:
        return redirect(address, permanent=True)
    freshness = Freshness.for_request(request, media_type)
    known = freshness.not_modified(request)
    return known or freshness.set_headers(write(freshness.on))
