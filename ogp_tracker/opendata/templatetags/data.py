"""Template tags for downloading the data, and for citing them."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Model
from django.template.context import RequestContext
from django.urls import reverse
from django_filters import FilterSet

from ogp_tracker.opendata.citing.citation import bibtex, in_words
from ogp_tracker.opendata.citing.views import citation_of
from ogp_tracker.opendata.formats import FORMATS
from ogp_tracker.opendata.tables import BY_NAME

register = template.Library()


@register.inclusion_tag("opendata/download.html")
def download(name: str, filters: FilterSet | None = None) -> dict[str, Any]:
    """Links to the table in every format, narrowed down as the page is.

    A choice that the page did not understand, and so did not apply, is left out here, too.
    """
    form = filters.form if filters is not None else None
    chosen = {name: form[name].value() for name in form.fields if form.chosen(name)} if form else {}
    query = f"?{urlencode(sorted(chosen.items()), doseq=True)}" if chosen else ""
    return {
        "table": BY_NAME[name],
        "is_selection": bool(set(chosen) - {"sort"}),
        "links": [(one, reverse("data_table", args=[name, one.ending]) + query) for one in FORMATS],
    }


@register.inclusion_tag("opendata/citing/cite.html", takes_context=True)
def cite(context: RequestContext, row: Model | None = None) -> dict[str, Any]:
    """How to cite the page of this row as it is read; without a row the front page."""
    request = context["request"]
    cited = citation_of(request, row)
    return {"words": in_words(cited), "bibtex": bibtex(cited), "cited": cited, "path": request.path}
