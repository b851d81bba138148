"""Sessions end after a period of rest: so many minutes after the last request of an officer."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

LAST_SEEN = "last_seen"


def keep_awake(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make the middleware that puts the end of the session off when its officer does something.

    Only the officers' pages count, so that the public ones never touch a session; and at most
    one request a minute is written down.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_for_officers(request) and SESSION_KEY in request.session:
            now = int(time.time())
            step = min(60, settings.SESSION_COOKIE_AGE // 10)
            if now - request.session.get(LAST_SEEN, 0) >= step:
                # Writing is what moves the end of the session.
                request.session[LAST_SEEN] = now
        return response

    return middleware


def is_for_officers(request: HttpRequest) -> bool:
    """Return whether the address is one below which people are signed in."""
    return request.path.startswith((reverse("admin:index"), reverse("account_overview")))
