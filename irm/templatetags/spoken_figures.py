"""Template tag for the figures at the head of a page: who has spoken about its commitments."""

from typing import Any

from django import template
from django.db.models import QuerySet

from commitments.models import Commitment
from irm.spoken import HEARD_OF_ASSESSOR, HEARD_OF_GOVERNMENT, Spoken, spoken_counts

register = template.Library()


@register.inclusion_tag("irm/spoken_figures.html")
def spoken_figures(commitments: QuerySet[Commitment], rest_page: int = 1) -> dict[str, Any]:
    """`rest_page` is the page of the list on which those with nothing recorded begin. One query."""
    counts = spoken_counts(commitments)[()]
    rest = "#rest" if counts[Spoken.NOBODY] < counts.total() else "#commitments"
    return {
        "counts": counts,
        "total": counts.total(),
        "government": sum(counts[kind] for kind in HEARD_OF_GOVERNMENT),
        "assessor": sum(counts[kind] for kind in HEARD_OF_ASSESSOR),
        "nobody": counts[Spoken.NOBODY],
        "rest_link": f"?page={rest_page}{rest}" if rest_page > 1 else rest,
    }
