"""Gives out kept pages, or has Django answer and keeps that."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from ogp_tracker.common.outage import DATABASE_ERRORS, outage
from ogp_tracker.opendata import version
from ogp_tracker.pagecache.page import KeptPage
from ogp_tracker.pagecache.public import has_public_address, is_public

LONGEST_QUERY = 500
"""Characters. Nobody asks twice for a page with more choices than that."""
OUT_OF_DATE_FOR = timedelta(hours=1)


class PageCacheMiddleware:
    """Keeps a page if neither the public data nor the date changed while it was made.

    It is given out until one of them does. While the database does not answer, it is given out
    marked as such, for an hour since it was last known to be current; after that, and if it was
    never kept, Django answers as well as it can (`ogp_tracker.server_error`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        # While templates are being written, no version says that they have changed.
        if settings.DEBUG or not settings.PAGE_CACHE_PAGES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        # All threads share these two, which the cache in memory allows.
        self.pages, self.endless_pages = caches["pages"], caches["endless_pages"]
        # A page is made by one reader while others wait for it. Two pages seldom share a lock.
        self.locks = [Lock() for _lock in range(64)]
        self.current_at: dict[str, datetime] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = key_of(request)
        # Anyone can invent a search: addresses without end push out no page that readers ask for.
        cache = self.endless_pages if request.META.get("QUERY_STRING") else self.pages
        kept: KeptPage | None = cache.get(key) if key else None
        # Only such an address is worth the question for the version.
        if key is None or (kept is None and not has_public_address(request)):
            return self.get_response(request)
        try:
            # Before any lock, so that nobody waits behind others for a database that is away.
            stamp = self.read_stamp()
            if kept is not None and kept.stamp == stamp:
                return kept.response_to(request)
            return self.renew(request, key, cache)
        except DATABASE_ERRORS as error:
            outage.notice(error, request.path)
            return self.out_of_date(request, kept) or self.get_response(request)

    def renew(self, request: HttpRequest, key: str, cache: BaseCache) -> HttpResponseBase:
        """Another reader's request may have made the page meanwhile."""
        with self.locks[int(key, 16) % len(self.locks)]:
            stamp = self.read_stamp()
            kept: KeptPage | None = cache.get(key)
            if kept is not None and kept.stamp == stamp:
                return kept.response_to(request)
            method, request.method = request.method, "GET"
            response = self.get_response(request)
            request.method = method
            if response.status_code == 503:
                return self.out_of_date(request, kept) or response
            if not is_public(response):
                return response
            page = KeptPage.from_response(response, stamp)
            if self.read_stamp() == stamp:
                cache.set(key, page)
        return page.response_to(request)

    def out_of_date(self, request: HttpRequest, kept: KeptPage | None) -> HttpResponseBase | None:
        """Marked; None unless it was known to be current within the last hour."""
        current_at = self.current_at.get(kept.stamp) if kept else None
        if kept is None or current_at is None or timezone.now() - current_at > OUT_OF_DATE_FOR:
            return None
        return kept.out_of_date_response(request, current_at)

    def read_stamp(self) -> str:
        """The version of the public data and the date; notes that they are current."""
        data_version, now = version.read_version(), timezone.now()
        outage.end()
        stamp = f"{data_version} {timezone.localdate(now)}"
        if stamp not in self.current_at:
            # A copy, because other threads write into it.
            self.current_at = {
                one: at for one, at in self.current_at.copy().items() if now - at <= OUT_OF_DATE_FOR
            }
        self.current_at[stamp] = now
        return stamp


def key_of(request: HttpRequest) -> str | None:
    """By scheme, path and query, the host being always the same (`HostMiddleware`)."""
    query = request.META.get("QUERY_STRING", "")
    if (
        request.method not in {"GET", "HEAD"}
        # Answers to other sites' scripts have headers of their own.
        or "HTTP_ORIGIN" in request.META
        or len(query) > LONGEST_QUERY
    ):
        return None
    address = (request.scheme, request.path, query)
    return sha256(repr(address).encode()).hexdigest()[:32]
