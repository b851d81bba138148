"""A reader of the site as a process of the server serves it: through the page cache.

reader = Reader()
first = reader.get("/about/")       # .status, .headers, .text
reader.get("/about/").is_kept       # whether Django was not asked for it
"""

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from unittest import mock

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from ogp_tracker.opendata import version

numbers = count()


@dataclass
class Answered:
    status: str
    headers: dict[str, str]
    content: bytes
    is_kept: bool

    @property
    def text(self):
        return self.content.decode()


def asked(get_response):
    def middleware(request):
        request.environ["tests.asked"].append(request.path)
        return request.environ["tests.answer"](request, get_response)

    return middleware


class Reader:
    """One process of a server, with what it keeps; `site` answers in Django's place."""

    def __init__(self, site=None):
        self.answer = site.answer if site else lambda request, get_response: get_response(request)
        self.asked, number = [], next(numbers)
        ours = ["ogp_tracker.pagecache.middleware.PageCacheMiddleware", "tests.kept_pages.asked"]
        caches = {
            name: given | {"LOCATION": f"{name} {number}"}
            for name, given in settings.CACHES.items()
            if name != "default"
        }
        with override_settings(
            MIDDLEWARE=ours + settings.MIDDLEWARE, CACHES=settings.CACHES | caches
        ):
            self.site = WSGIHandler()

    def get(self, address, method="GET", secure=False, **given):
        before, told = len(self.asked), []
        given = {
            "HTTP_HOST": "localhost",
            "tests.asked": self.asked,
            "tests.answer": self.answer,
        } | given
        environ = RequestFactory().generic(method, address, secure=secure, **given).environ
        with _connections_left_open():
            found = self.site(environ, lambda status, headers: told.extend((status, headers)))
            content = b"".join(found)
            getattr(found, "close", lambda: None)()
        return Answered(told[0], dict(told[1]), content, is_kept=len(self.asked) == before)


class PretendSite:
    """What Django answers and the mark of its data, both as a test says."""

    def __init__(self, monkeypatch):
        self.words, self.headers, self.status, self.now = "words " * 100, {}, 200, "mark"
        self.cookie = ""
        self.while_made = lambda: None
        monkeypatch.setattr(version, "read_version", lambda: self.now)

    def answer(self, request, get_response):
        self.while_made()
        answer = HttpResponse(self.words, status=self.status, headers=self.headers)
        if self.cookie:
            answer.set_cookie("name", self.cookie)
        return answer


def database_away():
    return mock.patch.object(connection, "cursor", side_effect=OperationalError("gone"))


@contextmanager
def _connections_left_open():
    """Leave the connection of a test alone, as Django's own client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
