"""Sessions end when idle: SESSION_REST_MINUTES after the officer's last request."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

LAST_SEEN = "last_seen"


def extend_session(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: what officers do extends their session, recorded at most once a minute.

    Only their own pages count, so that public pages never touch a session.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for_officers = (reverse("admin:index"), reverse("account_overview"))
        if request.path.startswith(for_officers) and SESSION_KEY in request.session:
            now = int(time.time())
            step = min(60, settings.SESSION_COOKIE_AGE // 10)
            if now - request.session.get(LAST_SEEN, 0) >= step:
                # Writing to the session moves its end.
                request.session[LAST_SEEN] = now
        return response

    return middleware
