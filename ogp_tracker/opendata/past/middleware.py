"""Past versions of pages: the page's own view, while every query is answered from the past."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render

from commitments.former_addresses import at_slug, slug_in
from commitments.models import Commitment
from ogp_tracker.opendata.as_at import end_of, reading
from ogp_tracker.opendata.past.asked import (
    AS_AT,
    CITATIONS,
    WITH_DATES,
    Past,
    changes_of,
    is_gone,
    read,
)
from ogp_tracker.opendata.past.links import with_day

View = Callable[..., HttpResponse]


class PastPages:
    """Reads the date in the address of a page with past versions, and lets its view answer for it.

    It comes last: here the view is called, and what it renders is rendered before the past is left
    again. Views of the apps below ask `ogp_tracker.common.reference_date`, and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], given: dict[str, Any]
    ) -> HttpResponse | None:
        """The answer as at a past date, if one was asked for; None leaves it to the view."""
        match = request.resolver_match
        page = WITH_DATES.get(match.view_name) if match else None
        if match is None or (page is None and match.view_name not in CITATIONS):
            return None
        past = read(page, " or ".join(dict.fromkeys(request.GET.getlist(AS_AT))))
        if past.day and page:
            gone = is_gone(page, given)
            past = replace(past, is_gone=gone, changes="" if gone else changes_of(page, given))
        request.past = past  # type: ignore[attr-defined]
        return as_it_was(request, past, view, given) if past.day else None


def as_it_was(request: HttpRequest, past: Past, view: View, given: dict[str, Any]) -> HttpResponse:
    """What the view answers as at the end of the date, with links that keep the date."""
    if past.day is None:
        raise TypeError("No date was asked for.")
    with reading(end_of(past.day)):
        try:
            answer = view(request, **given)
        except Http404:
            answer = None
    if answer is None:
        return moved_back(request, past.day) or not_there_yet(request, past, view, given)
    if isinstance(answer, HttpResponseRedirectBase):
        answer["Location"] += f"?{AS_AT}={past.day.isoformat()}"
    elif answer["Content-Type"].startswith("text/html"):
        answer.content = with_day(answer.content.decode(), past.day).encode()
    return answer


def moved_back(request: HttpRequest, on: date) -> HttpResponse | None:
    """The way to the address that the commitment had at the end of a past date."""
    slug = slug_in(request)[0]
    row = Commitment.objects.filter(slug=slug, former_slugs__isnull=False).first()
    with reading(end_of(on)):
        past = Commitment.objects.public().filter(pk=row.pk).first() if row else None
    return at_slug(request, past.slug, permanent=False) if past and past.slug != slug else None


def not_there_yet(
    request: HttpRequest, past: Past, view: View, given: dict[str, Any]
) -> HttpResponse:
    """Say that the page did not exist yet. Raises Http404 if it does not exist today either."""
    request.past = replace(past, day=None)  # type: ignore[attr-defined]
    view(request, **given)
    return render(request, "opendata/past/not_there_yet.html", {"day": past.day}, status=404)
