"""The search page, and its description for browsers."""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.filters import by_nation, by_plan
from ogp_tracker.common.either import EitherCodeField, ReadersForm
from ogp_tracker.search.finding import Choices, Hits, find
from ogp_tracker.search.query import Query, parse
from ogp_tracker.search.results import results
from ogp_tracker.search.site_pages import SitePage, site_pages_found
from ogp_tracker.search.sources import Kind
from ogp_tracker.search.suggesting import suggestion

ROWS_PER_PAGE = 20


class ChoicesForm(ReadersForm):
    """The filters beside the words. They combine."""

    kind = EitherCodeField(
        label=gettext_lazy("What"),
        choices=Kind.choices,
        empty_label=gettext_lazy("Everything"),
        required=False,
    )
    nation = by_nation().field
    plan = by_plan().field

    def choices(self) -> Choices:
        kinds = tuple(map(Kind, self.chosen("kind")))
        return Choices(kinds, tuple(self.chosen("nation")), tuple(self.chosen("plan")))


def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()
    form = ChoicesForm(request.GET)
    query, choices = parse(text), form.choices()
    found = find(query, choices)
    site_pages = site_pages_found(query, choices)
    page = Paginator(found.keys, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "search/search.html",
        {
            "text": text,
            "query": query,
            "form": form,
            "kinds": choices.kinds,
            "found": found,
            "site_pages": site_pages,
            "how_many": how_many(found, site_pages),
            "counts": counts_of(found),
            "page": page,
            "results": results(list(page.object_list), found.query) if found.keys else [],
            "advice": None if found.keys or site_pages else advice(text, query, choices),
        },
    )


def how_many(found: Hits, site_pages: list[SitePage]) -> str:
    total = len(found.keys) + len(site_pages)
    shown = {"total": intcomma(total)}
    if found.is_more:
        return _("More than %(total)s results") % shown
    return ngettext("%(total)s result", "%(total)s results", total) % shown


def counts_of(found: Hits) -> list[tuple[Kind, int | None]]:
    """Each kind with its number of results; with None where they were not counted."""
    if found.by_kind is None:
        return [(kind, None) for kind in Kind]
    return [(kind, total) for kind in Kind if (total := found.by_kind.get(kind))]


def advice(text: str, query: Query, choices: Choices) -> dict[str, int | str]:
    """How many are found without the filters; if none, another spelling that finds something."""
    if choices != Choices():
        everywhere = len(find(query).keys) + len(site_pages_found(query))
        if everywhere:
            return {"without_choices": everywhere}
    return {"other_text": suggestion(text, query, choices)}


def opensearch(request: HttpRequest) -> HttpResponse:
    """Browsers offer the search beside their own."""
    return render(
        request,
        "search/opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml",
    )
