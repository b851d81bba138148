"""Which pages may be kept: those that are the same for every reader."""

from typing import TypeGuard

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

PAGES = frozenset(
    {
        "about",
        "accessibility",
        "assessments",
        "changes",
        "commitment",
        "commitment_changes",
        "commitments",
        "data",
        "data_release",
        "data_releases",
        "disagreements",
        "follow",
        "front",
        "institution",
        "institution_changes",
        "institutions",
        "late",
        "milestone",
        "milestone_changes",
        "nation",
        "nation_changes",
        "nations",
        "opensearch",
        "plan",
        "plan_changes",
        "plans",
        "privacy",
        "report",
        "repository",
        "search",
        "sitemap",
        "sitemap_section",
    }
)
"""Names of the addresses whose pages may be kept. A page that is not named here is not."""

PRIVATE = ("private", "no-store", "no-cache")


def has_public_address(request: HttpRequest) -> bool:
    """Return whether the address is that of a page which may be kept."""
    try:
        return resolve(request.path_info).view_name in PAGES
    except Resolver404:
        return False


def is_public(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    """Return whether the answer of such an address may be given to everyone.

    The answer says if not: by a cookie, by a status other than 200, by what it varies on (a session
    that was looked at makes it vary on the cookie), or by its Cache-Control.
    """
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not any(word in response.get("Cache-Control", "") for word in PRIVATE)
        # Requests that name an Origin never come here (PageCacheMiddleware).
        and response.get("Vary", "origin").lower() == "origin"
    )
