"""A reader of the site as the server serves it: through the page cache.

reader = Reader()
first = reader.get("/about/")       # .status, .headers, .text
reader.get("/about/").is_kept       # whether Django was not asked for it
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.core.handlers.base import BaseHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from ogp_tracker.pagecache import mark
from ogp_tracker.pagecache.handler import PublicPages


@dataclass
class Answered:
    status: str
    headers: dict[str, str]
    content: bytes
    is_kept: bool

    @property
    def text(self):
        return self.content.decode()


class Reader:
    """One process of a server, with what it keeps."""

    def __init__(self):
        asked = self.asked = []

        class Site(PublicPages):
            def get_response(self, request):
                asked.append(request.path)
                return super().get_response(request)

        self.site = Site()

    def close(self):
        """Let go of the connection by which the mark is looked at, as the end of a process does."""
        if isinstance(self.site._mark, mark.Mark):
            self.site._mark.close()

    def get(self, address, method="GET", secure=False, **given):
        before, told = len(self.asked), []
        given = {"HTTP_HOST": "testserver"} | given
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
        self.looks = 0
        monkeypatch.setattr(BaseHandler, "get_response", self.answer)
        monkeypatch.setattr(mark, "of_this_process", lambda: self)

    def answer(self, request):
        self.while_made()
        request.resolver_match = resolve(request.path_info)
        answer = HttpResponse(self.words, status=self.status, headers=self.headers)
        if self.cookie:
            answer.set_cookie("name", self.cookie)
        return answer

    def current(self):
        self.looks += 1
        if self.now is None:
            raise mark.Unknown
        return self.now

    look = recent = current


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
