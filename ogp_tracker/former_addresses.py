"""Where an address leads that was a commitment's once: asked when nothing else answers it.

Every page, file, feed and API address below a commitment ends here if its slug is unknown, so that
no view has to know of former slugs.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import defaults

from commitments.models import Commitment, FormerSlug, Unpublication
from ogp_tracker.opendata.as_at import end_of, reading

PARTS = {"slug": "commitments/<slug", "commitment_id": "api/v1/"}
"""The part of an address that names a commitment, by the beginning of the routes that have it."""


def slug_in(request: HttpRequest) -> str:
    """The slug of the commitment below which the address is; "" if it is below none."""
    match = request.resolver_match
    for part, route in PARTS.items():
        if match and part in match.kwargs and match.route.startswith(route):
            return str(match.kwargs[part])
    return ""


def moved(request: HttpRequest) -> HttpResponse | None:
    """The way to the same address below the commitment's slug of today; None if there is none."""
    was = slug_in(request)
    now = FormerSlug.objects.now(was) if was else ""
    return at_slug(request, was, now, permanent=True) if now else None


def at_slug(request: HttpRequest, was: str, now: str, *, permanent: bool) -> HttpResponse:
    parts = request.path.split("/")
    # From the end of what comes before it, where the same word would mean something else.
    parts[parts.index(was, 4 if parts[1] == "api" else 2)] = now
    query = request.META.get("QUERY_STRING", "")
    return redirect("/".join(parts) + (f"?{query}" if query else ""), permanent=permanent)


def moved_back(request: HttpRequest, on: Any) -> HttpResponse | None:
    """The way to the address that the commitment had at the end of a past date."""
    slug = slug_in(request)
    row = Commitment.objects.filter(slug=slug, former_slugs__isnull=False).first()
    if row is None:
        return None
    with reading(end_of(on)):
        then = Commitment.objects.public().filter(pk=row.pk).values_list("slug", flat=True).first()
    return at_slug(request, slug, then, permanent=False) if then and then != slug else None


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The new address, or why the commitment was taken off the site, or that nothing is here."""
    if (answer := moved(request)) is not None:
        return answer
    acts = Unpublication.objects.select_related("commitment").filter(
        commitment__slug__iexact=slug_in(request), commitment__published_on=None
    )
    if (act := acts.first()) is not None:
        return render(request, "404.html", {"unpublished": act}, status=404)
    return defaults.page_not_found(request, exception)
