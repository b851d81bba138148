"""Gives out kept pages, or has Django answer and keeps that."""

import gzip
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import NamedTuple, TypeGuard

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from ogp_tracker.common.outage import DATABASE_ERRORS, outage
from ogp_tracker.opendata import version
from ogp_tracker.pages import cached_names

CACHING = "public, max-age=0, must-revalidate"
"""Anyone may keep a copy, and asks each time whether it is still current."""

ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
MAIN = '<main id="main" tabindex="-1">'
"""Where templates/base.html begins what is the page's own."""


class KeptPage(NamedTuple):
    """The answer to a GET, with the version of the public data and the date it was made under.

    Only the compressed form is kept, which nearly every reader accepts, in a fifth of the memory.
    """

    stamp: str
    headers: dict[str, str]
    compressed: bytes

    @classmethod
    def from_response(cls, response: HttpResponse, stamp: str) -> "KeptPage":
        """Take over what Django answered. The ETag is weak: all forms of the page share it."""
        response["Cache-Control"] = CACHING
        response["ETag"] = f'W/"{sha256(response.content).hexdigest()[:32]}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        del response["Content-Length"]
        compressed = gzip.compress(response.content, compresslevel=6, mtime=0)
        return cls(stamp, dict(response.items()), compressed)

    def response_to(self, request: HttpRequest) -> HttpResponseBase:
        """Or 304 if this reader has it already."""
        known = get_conditional_response(request, etag=self.headers["ETag"])
        if known is not None:
            for name in ("Cache-Control", "ETag", "Vary"):
                known[name] = self.headers[name]
            return known
        if ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
            headers = {**self.headers, "Content-Encoding": "gzip"}
            return _response(request, self.compressed, headers)
        return _response(request, gzip.decompress(self.compressed), self.headers)

    def out_of_date_response(self, request: HttpRequest, current_at: datetime) -> HttpResponse:
        """With a banner that says when it was last known to be current."""
        content = gzip.decompress(self.compressed)
        if self.headers["Content-Type"].startswith("text/html"):
            banner = render_to_string("site/out_of_date.html", {"current_at": current_at})
            content = content.replace(MAIN.encode(), (MAIN + banner).encode(), 1)
        headers = {name: value for name, value in self.headers.items() if name != "ETag"}
        headers["Cache-Control"] = "no-store"
        headers["Cache-Status"] = 'tracker; hit; detail="the database does not answer"'
        return _response(request, content, headers)


def _response(request: HttpRequest, content: bytes, headers: dict[str, str]) -> HttpResponse:
    head_only = request.method == "HEAD"
    response = HttpResponse(b"" if head_only else content, headers=headers)
    response["Content-Length"] = str(len(content))
    return response


PAGES = cached_names()
"""Names of the addresses whose pages may be kept. A page that is not named there is not."""

PRIVATE = ("private", "no-store", "no-cache")


def has_public_address(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in PAGES
    except Resolver404:
        return False


def is_public(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    """Whether the answer of such an address may be given to everyone.

    It says if not: by a cookie, a status other than 200, what it varies on (a session that was
    looked at makes it vary on the cookie), or its Cache-Control.
    """
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not any(word in response.get("Cache-Control", "") for word in PRIVATE)
        # Requests that name an Origin never come here (PageCacheMiddleware).
        and response.get("Vary", "origin").lower() == "origin"
    )


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
