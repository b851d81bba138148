"""Where an address leads that was a commitment's once: asked when nothing else answers it.

Every page, file, feed and API address below a commitment ends here if its slug is unknown, so that
no view has to know of former slugs.
"""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import defaults

from commitments.models import FormerSlug, Unpublication

PLACES = {"slug": ("commitments/<slug", 1), "commitment_id": ("api/v1/", 3)}
"""What names a commitment in an address: how its route begins, and from which part on it comes."""


def slug_in(request: HttpRequest) -> tuple[str, int]:
    """The slug of a commitment in the address, and where to look for it; "" if it has none."""
    match = request.resolver_match
    for name, (route, place) in PLACES.items():
        if match and name in match.kwargs and match.route.startswith(route):
            return str(match.kwargs[name]), place
    return "", 0


def at_slug(request: HttpRequest, slug: str, *, permanent: bool) -> HttpResponse:
    parts = request.path_info.removeprefix("/").split("/")
    parts[parts.index(*slug_in(request))] = slug
    query = request.META.get("QUERY_STRING", "")
    path = "/".join((request.META.get("SCRIPT_NAME", ""), *parts))
    return redirect(f"{path}?{query}" if query else path, permanent=permanent)


def moved(request: HttpRequest) -> HttpResponse | None:
    """The way to the same address below the commitment's slug of today; None if there is none."""
    was = slug_in(request)[0]
    now = FormerSlug.objects.now(was) if was else ""
    return at_slug(request, now, permanent=True) if now else None


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The new address, or why the commitment was taken off the site, or that nothing is here."""
    if slug := slug_in(request)[0]:
        its_own = Q(commitment__slug__iexact=slug) | Q(commitment__former_slugs__slug__iexact=slug)
        act = Unpublication.objects.filter(its_own, commitment__published_on=None).first()
        if act is not None:
            return render(request, "404.html", {"unpublished": act}, status=404)
    return moved(request) or defaults.page_not_found(request, exception)
