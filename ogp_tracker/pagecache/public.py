"""Which pages may be kept: those that are the same for every reader."""

from typing import TypeGuard

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from ogp_tracker.pages import cached_names

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
