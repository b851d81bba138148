"""The box "Cite this page"."""

from typing import Any

from django import template
from django.db.models import Model
from django.template.context import RequestContext

from ogp_tracker.opendata.citing.citation import bibtex, in_words
from ogp_tracker.opendata.citing.pages import citation_of

register = template.Library()


@register.inclusion_tag("opendata/citing/cite.html", takes_context=True)
def cite(context: RequestContext, row: Model | None = None) -> dict[str, Any]:
    """How to cite the page of this row as it is read; without a row the front page."""
    request = context["request"]
    cited = citation_of(request, row)
    return {"words": in_words(cited), "bibtex": bibtex(cited), "cited": cited, "path": request.path}
