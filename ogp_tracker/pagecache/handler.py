"""Django behind the page cache: what the server calls for every request."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from ogp_tracker.pagecache import mark, public
from ogp_tracker.pagecache.answer import Answer, is_known
from ogp_tracker.pagecache.shared import Shared
from ogp_tracker.pagecache.shelf import Shelf

QUARTER = 15 * 60
"""Seconds. Everywhere on earth the day begins with one of UTC's quarters of an hour."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

MEGABYTE = 1024**2
FOR_CHOICES = 4
"""The part of the memory for addresses of which there is no end, such as searches: whoever invents
them pushes out no page of the others."""

LONGEST_QUERY = 500
"""Characters of choices in an address; longer ones are no page that anybody asks for again."""


class Key(NamedTuple):
    """What an answer depends on beside data and day. Django itself has judged host and scheme."""

    scheme: str
    host: str
    root: str
    path: str
    query: str


class PublicPages(WSGIHandler):
    """Answers public pages from what is kept, and has Django answer everything else.

    An answer is kept if neither the mark of the data nor the day has moved while it was made, and
    given out as long as they have not moved since.
    """

    def __init__(self) -> None:
        super().__init__()
        size = 0 if settings.DEBUG else settings.PAGE_CACHE_MEGABYTES * MEGABYTE
        self._keeps = size > 0
        self._pages = Shelf(size - size // FOR_CHOICES)
        self._choices = Shelf(size // FOR_CHOICES)
        self._shared = Shared()
        # Two threads that are first at once may each make one; both are good.
        self._mark: mark.Mark | None = None
        self._usual_hosts = {settings.SITE_URL.partition("://")[2], *settings.ALLOWED_HOSTS}
        self._proxy_says, self._secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")

    def __call__(  # type: ignore[override]
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        key = self._key(environ) if self._keeps else None
        if key is None:
            return self._from_django(environ, start_response)
        shelf = self._shelf(key)
        answer = shelf.get(key)
        try:
            stamp = self._stamp(exactly=False)
            if answer is not None and answer.stamp == stamp:
                return _give(answer, environ, start_response)
            if answer is None:
                return self._anew(key, shelf, environ, start_response)
            with answer.renewing:
                return self._anew(key, shelf, environ, start_response)
        except mark.Unknown:
            return self._from_django(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Have Django answer, and say of a public page that others may keep it, too."""
        answer = super().get_response(request)
        if request.method in {"GET", "HEAD"} and public.is_public(request, answer):
            answer["Cache-Control"] = public.caching()
            answer.is_public_page = True  # type: ignore[attr-defined]
        return answer

    def _anew(
        self, key: Key, shelf: Shelf, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer with what has been made meanwhile, here or elsewhere, or else by Django."""
        stamp = self._stamp()
        answer = shelf.get(key)
        if answer is None or answer.stamp != stamp:
            answer = self._shared.get(stamp, key)
            if answer is None:
                return self._from_django(environ, start_response, stamp, key)
            shelf.put(key, answer)
        return _give(answer, environ, start_response)

    def _from_django(
        self,
        environ: Environ,
        start_response: StartResponse,
        stamp: str = "",
        key: Key | None = None,
    ) -> Iterable[bytes]:
        """Have Django answer; keep that if it is a public page and there is a key for it."""
        told: list[Any] = []

        def tell(*given: Any) -> Any:
            told.extend(given)

        asked = environ
        if environ["REQUEST_METHOD"] == "HEAD" and key is not None:
            asked = environ | {"REQUEST_METHOD": "GET"}
        found: Any = super().__call__(asked, tell)
        if not getattr(found, "is_public_page", False):
            start_response(*told)
            return cast(Iterable[bytes], found)
        try:
            answer = Answer.of(stamp, found)
        finally:
            found.close()
        if key is not None and self._is_still(stamp):
            self._shelf(key).put(key, answer)
            self._shared.put(stamp, key, answer)
        return _give(answer, environ, start_response)

    def _key(self, environ: Environ) -> Key | None:
        """Return under what the answer would be kept; None if it would not be."""
        query = environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
            or "HTTP_ORIGIN" in environ
            or len(query) > LONGEST_QUERY
            or environ.get("CONTENT_LENGTH") not in {None, "", "0"}
        ):
            return None
        scheme = environ["wsgi.url_scheme"]
        if (said := environ.get(self._proxy_says)) is not None:
            # As Django reads it, which takes no other word for https.
            scheme = "https" if said.split(",", 1)[0].strip() == self._secure else "http"
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return Key(
            scheme, host, environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""), query
        )

    def _shelf(self, key: Key) -> Shelf:
        return self._choices if key.query or key.host not in self._usual_hosts else self._pages

    def _stamp(self, *, exactly: bool = True) -> str:
        """Return what all answers of this moment have in common; raise mark.Unknown."""
        if self._mark is None:
            self._mark = mark.of_this_process()
        current = self._mark.current() if exactly else self._mark.recent()
        return f"{current} {_day_of(int(time.time()) // QUARTER)}"

    def _is_still(self, stamp: str) -> bool:
        try:
            return self._stamp() == stamp
        except mark.Unknown:
            return False


@lru_cache(maxsize=2)
def _day_of(quarter: int) -> str:
    """Return the day at the site, which to compute for every answer would take a third of it."""
    moment = datetime.fromtimestamp(quarter * QUARTER, UTC)
    return moment.astimezone(timezone.get_default_timezone()).date().isoformat()


def _give(answer: Answer, environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Answer with the form that the reader accepts, or that it has it already."""
    form = answer.form_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and is_known(asked, form.etag):
        # A server may write into the list it is given.
        start_response("304 Not Modified", form.not_modified.copy())
        return []
    start_response("200 OK", form.headers.copy())
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.content]
