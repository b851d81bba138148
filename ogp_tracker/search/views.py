"""The search page, and its description for browsers."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.models import ActionPlan, Nation
from ogp_tracker.search.finding import Choices, Hits, find
from ogp_tracker.search.query import Query, parse
from ogp_tracker.search.results import results
from ogp_tracker.search.sources import Kind
from ogp_tracker.search.suggesting import suggestion

ROWS_PER_PAGE = 20


class ChoicesForm(forms.Form):
    """The filters beside the words. They combine; one that is not valid is not applied."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", gettext_lazy("Everything")), *Kind.choices],
        required=False,
    )
    nation = forms.ModelChoiceField(
        label=gettext_lazy("Delivered in"),
        queryset=Nation.objects.public(),
        to_field_name="code",
        empty_label=gettext_lazy("Any nation"),
        required=False,
    )
    plan = forms.ModelChoiceField(
        label=gettext_lazy("Action plan"),
        queryset=ActionPlan.objects.public(),
        to_field_name="slug",
        empty_label=gettext_lazy("Any plan"),
        required=False,
    )

    @property
    def chosen(self) -> Choices:
        self.is_valid()
        valid = self.cleaned_data
        kind = Kind(valid["kind"]) if valid.get("kind") else None
        return Choices(kind=kind, nation=valid.get("nation"), plan=valid.get("plan"))

    def active(self) -> list[dict[str, Any]]:
        chosen = self.chosen
        values = {
            "kind": chosen.kind.label if chosen.kind else None,
            "nation": chosen.nation,
            "plan": chosen.plan,
        }
        return [
            {"name": name, "label": self.fields[name].label, "value": value}
            for name, value in values.items()
            if value
        ]


def search(request: HttpRequest) -> HttpResponse:
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


def how_many(found: Hits) -> str:
    total = {"total": len(found.keys)}
    if found.is_more:
        return _("More than %(total)s results") % total
    return ngettext("%(total)s result", "%(total)s results", len(found.keys)) % total


def counts_of(found: Hits) -> list[tuple[Kind, int | None]]:
    """Each kind with its number of results; with None where they were not counted."""
    if found.by_kind is None:
        return [(kind, None) for kind in Kind]
    return [(kind, total) for kind in Kind if (total := found.by_kind.get(kind))]


def advice(text: str, query: Query, choices: Choices) -> dict[str, int | str]:
    """How many are found without the filters; if none, another spelling that finds something."""
    everywhere = find(query) if choices != Choices() else Hits()
    if everywhere.keys:
        return {"without_choices": len(everywhere.keys)}
    return {"other_text": suggestion(text, query, choices)}


def opensearch(request: HttpRequest) -> HttpResponse:
    """Browsers offer the search beside their own."""
    return render(
        request,
        "search/opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml",
    )
