"""Answers for a page as it was: its own view, asked while every query is answered from the past."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render

from ogp_tracker.opendata.as_at import end_of, reading
from ogp_tracker.opendata.past.asked import AS_AT, KNOW_DAYS, Past, changes_of, is_gone, read
from ogp_tracker.opendata.past.links import with_day

View = Callable[..., HttpResponse]


class PastPages:
    """Reads the day in the address of a page that knows days, and lets its view answer for it.

    It stands last: here the view is called, and what it renders is rendered before the past is
    left again. Views of the apps below ask `ogp_tracker.common.reference_date`, and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever; the page itself is answered below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], given: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer for a past day, if one was asked for; None leaves it to the view."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name not in KNOW_DAYS:
            return None
        past = read(name, request.GET.get(AS_AT, ""))
        if past.day:
            gone = is_gone(name, given)
            past = replace(past, is_gone=gone, changes="" if gone else changes_of(name, given))
        remember(request, past)
        return as_it_was(request, past, view, given) if past.day else None


def remember(request: HttpRequest, past: Past) -> None:
    """Let views and templates find what was asked."""
    request.past = past  # type: ignore[attr-defined]


def as_it_was(request: HttpRequest, past: Past, view: View, given: dict[str, Any]) -> HttpResponse:
    """Return what the view answers as of the end of the day, with links that keep the day."""
    if past.day is None:
        raise TypeError("No day was asked for.")
    with reading(end_of(past.day)):
        try:
            answer = view(request, **given)
        except Http404:
            answer = None
    if answer is None:
        return not_there_yet(request, past, view, given)
    if isinstance(answer, HttpResponseRedirectBase):
        answer["Location"] += f"?{AS_AT}={past.day.isoformat()}"
    elif answer["Content-Type"].startswith("text/html"):
        answer.content = with_day(answer.content.decode(), past.day).encode()
    return answer


def not_there_yet(
    request: HttpRequest, past: Past, view: View, given: dict[str, Any]
) -> HttpResponse:
    """Say that what is here today was not then. Raises Http404 if it is not here today either."""
    remember(request, past.without_day())
    view(request, **given)
    return render(request, "opendata/past/not_there_yet.html", {"day": past.day}, status=404)
