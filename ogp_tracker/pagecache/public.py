"""Which answers are public pages: the same for every reader, as long as the data are the same."""

from typing import TypeGuard

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header

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


def is_public(request: HttpRequest, answer: HttpResponseBase) -> TypeGuard[HttpResponse]:
    """Return whether the answer may be kept and given to everybody.

    Its address has to be named above, and the answer itself must not say otherwise: by a cookie,
    by another status than 200, by what it depends on, or by what it says of caching.
    """
    match = request.resolver_match
    return (
        match is not None
        and match.view_name in PAGES
        and answer.status_code == 200
        and not answer.streaming
        and not answer.cookies
        and not any(word in answer.get("Cache-Control", "") for word in PRIVATE)
        # The handler passes on whoever names an Origin; on anything else no page may depend.
        and (not answer.has_header("Vary") or _varies_by_origin_only(answer))
    )


def caching() -> str:
    """Return what browsers and shared caches in front are told of a public page.

    A browser asks each time; a shared cache may answer by itself for PAGE_CACHE_SHARED_SECONDS.
    """
    seconds = settings.PAGE_CACHE_SHARED_SECONDS
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate"


def _varies_by_origin_only(answer: HttpResponseBase) -> bool:
    return has_vary_header(answer, "Origin") and "," not in answer["Vary"]
