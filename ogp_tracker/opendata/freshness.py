"""Whether a reader's copy is still good: told by the version of the data, before any are read.

What an answer depends on, besides its address: the public data, which move a mark whatever is
written; today, because overdue and silent follow from the clock; the format. A new release of the
tracker moves the mark, too, as every `migrate` does.
"""

import time
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from milestones.conditions import midnight
from ogp_tracker.opendata import version

CACHING = "public, no-cache"
"""Anybody may keep a copy, and asks each time whether it is still good, which costs one query."""


@dataclass(frozen=True)
class Freshness:
    """The marks of an answer, and the day on which its rows are read."""

    on: date
    etag: str
    last_modified: int
    """Seconds since 1970."""

    @classmethod
    def of(cls, request: HttpRequest, media_type: str) -> "Freshness":
        """Return the marks of the answer to this request as things stand now; asks one query."""
        now, on = version.current(), timezone.localdate()
        parts = (now.mark, on.isoformat(), settings.SITE_URL, request.get_full_path(), media_type)
        digest = blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
        changed = max(now.moved_at, midnight(on)).timestamp()
        # Within the same second it could change once more, and no date would tell.
        return cls(on, f'W/"{digest}"', int(min(changed, time.time() - 1)))

    def not_modified(self, request: HttpRequest) -> HttpResponse | None:
        """Return the answer 304 if the reader's copy is still good."""
        if request.headers.get("If-None-Match", "").strip() == "*":
            # Whether there is anything at all at the address is only known once it was read.
            return None
        answer = get_conditional_response(request, self.etag, self.last_modified)
        return None if answer is None or answer.status_code != 304 else self.mark(answer)

    def mark(self, answer: Any) -> Any:
        """Put the marks on the answer, and return it."""
        answer["ETag"] = self.etag
        answer["Last-Modified"] = http_date(self.last_modified)
        answer["Cache-Control"] = CACHING
        patch_vary_headers(answer, ["Accept"])
        return answer
