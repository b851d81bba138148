"""The page of search, and what tells a browser that there is one."""

from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.search.finding import Choices, Found, find
from ogp_tracker.search.forms import ChoicesForm
from ogp_tracker.search.query import Query, parse
from ogp_tracker.search.results import results
from ogp_tracker.search.sources import Kind
from ogp_tracker.search.suggesting import suggestion

ROWS_PER_PAGE = 20


@dataclass(frozen=True)
class Advice:
    """What may help a reader who has found nothing."""

    without_choices: int = 0
    """How many are found if nothing is chosen beside the words."""
    other_text: str = ""
    """The same in another spelling, with which something is found."""


def search(request: HttpRequest) -> HttpResponse:
    """Show what holds the words in the address, or how to search."""
    text = request.GET.get("q", "").replace("\0", "").strip()
    form = ChoicesForm(request.GET)
    query, choices = parse(text), form.chosen
    found = find(query, choices)
    page = Paginator(found.keys, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "search/search.html",
        {
            "text": text,
            "query": query,
            "form": form,
            "found": found,
            "how_many": how_many(found),
            "counts": counts_of(found),
            "page": page,
            "results": results(list(page.object_list), query) if found.keys else [],
            "advice": advice(text, query, choices) if query.wanted and not found.keys else None,
        },
    )


def how_many(found: Found) -> str:
    """Return the number of results in words."""
    total = {"total": len(found.keys)}
    if found.is_more:
        return _("More than %(total)s results") % total
    return ngettext("%(total)s result", "%(total)s results", len(found.keys)) % total


def counts_of(found: Found) -> list[tuple[Kind, int | None]]:
    """Return the kinds of what was found with how many there are, or all if nobody has counted."""
    if found.by_kind is None:
        return [(kind, None) for kind in Kind]
    return [(kind, total) for kind in Kind if (total := found.by_kind.get(kind))]


def advice(text: str, query: Query, choices: Choices) -> Advice:
    """Return what may help whoever has found nothing."""
    everywhere = find(query) if choices != Choices() else Found()
    if everywhere.keys:
        return Advice(without_choices=len(everywhere.keys))
    return Advice(other_text=suggestion(text, query, choices))


def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to browsers, which then offer it beside their own."""
    return render(
        request,
        "search/opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml",
    )
