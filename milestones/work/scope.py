"""What somebody answers for, of the commitments whose plan runs."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from django.db.models import Case, QuerySet, Sum, When

from commitments.models import Commitment, Institution, Nation
from commitments.models.membership import NOT_GOVERNMENT
from commitments.models.plan import PlanState
from commitments.rights import led_by, reported_by

from .keys import plain

Answered = Mapping[int, frozenset[str]]
"""Of each commitment, by its key, the codes of the nations in which somebody answers for it."""


def running(commitments: QuerySet[Commitment], on: date) -> dict[int, frozenset[str]]:
    """Return those of the commitments whose plan runs on the day `on`, with their nations.

    Keys and not a condition: the databases judge keys well, and the condition several times. The
    nations come as one number per commitment, a bit for each. Two queries.
    """
    nations = list(Nation.objects.order_by("pk").values_list("pk", "code"))
    bits = [When(nations=key, then=1 << place) for place, (key, _code) in enumerate(nations)]

    @cache
    def of_bits(number: int) -> frozenset[str]:
        return frozenset(code for place, (_key, code) in enumerate(nations) if number >> place & 1)

    rows = (
        commitments.filter(PlanState.CURRENT.condition(on, "plan"))
        .order_by()
        .values_list("pk")
        .annotate(number=Sum(Case(*bits, default=0)))
    )
    return {key: of_bits(number) for key, number in plain(rows)}


def answered_by(institutions: Iterable[int], on: date) -> dict[int, frozenset[str]]:
    """Return what the institutions answer for: all of what they lead, else their nation's part."""
    bodies = Institution.objects.filter(pk__in=list(institutions)).exclude(kind__in=NOT_GOVERNMENT)
    rows = list(bodies.order_by("pk").values_list("pk", "nation__code"))
    if not rows:
        return {}
    led = running(Commitment.objects.filter(led_by(pk for pk, _nation in rows)), on)
    answered = dict(led)
    for nation in sorted({nation for _pk, nation in rows if nation is not None}):
        those = reported_by([pk for pk, its_nation in rows if its_nation == nation])
        for commitment, nations in running(Commitment.objects.filter(those), on).items():
            if nation in nations and commitment not in led:
                answered[commitment] = answered.get(commitment, frozenset()) | {nation}
    return answered
