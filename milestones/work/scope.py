"""What somebody answers for, of the commitments whose plan runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db.models import Case, QuerySet, Sum, When

from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.models.plan import PlanState
from commitments.rights import SPEAKING_PARTS, carried_on_by, nations_reported_for, reported_by

from .keys import Among, Keys, plain

Answered = Mapping[int, frozenset[str]]
"""Of each commitment, by its key, the codes of the nations in which somebody answers for it."""


def running(commitments: QuerySet[Commitment], on: date) -> dict[int, frozenset[str]]:
    """Return those of the commitments whose plan runs on the date `on`, with their nations.

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


class Body(NamedTuple):
    """What decides, beside its parts in a commitment, what an institution answers for."""

    kind: str
    nation: str | None
    successor: int | None


def all_bodies() -> dict[int, Body]:
    """By their keys; one query."""
    rows = Institution.objects.order_by().values_list("pk", "kind", "nation__code", "succeeded_by")
    return {key: Body(kind, nation, after) for key, kind, nation, after in rows}


def shares(
    scope: Answered, speakers: Mapping[int, Collection[int]], bodies: Mapping[int, Body]
) -> dict[int, dict[int, frozenset[str]]]:
    """Return for which nations of which commitments in the scope each speaker answers. One query.

    `speakers`: per institution that takes part those who answer in its place.
    """
    parts: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = Involvement.objects.filter(
        Among("commitment", Keys(scope)), role__in=SPEAKING_PARTS
    ).order_by()
    for named, commitment, role in plain(rows.values_list("institution", "commitment", "role")):
        for speaker in speakers.get(named, ()):
            parts[speaker][commitment].add(role)
    for speaker in {one for some in speakers.values() for one in some}:
        if bodies[speaker].kind == Institution.Kind.DEVOLVED:
            parts[speaker].update({key: parts[speaker][key] for key in scope})
    return {
        speaker: {
            commitment: nations
            for commitment, its_parts in of_speaker.items()
            if (
                nations := nations_reported_for(
                    its_parts, bodies[speaker].kind, bodies[speaker].nation, scope[commitment]
                )
            )
        }
        for speaker, of_speaker in parts.items()
    }


def answered_in(scope: Answered, institutions: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return what of the scope one of the institutions answers for. Two queries."""
    asked, bodies = frozenset(institutions), all_bodies()
    after = {key: body.successor for key, body in bodies.items() if body.successor is not None}
    speakers = {
        key: speaking
        for key in bodies
        if (speaking := asked.intersection(carried_on_by(key, after)))
    }
    answered: dict[int, frozenset[str]] = {}
    for share in shares(scope, speakers, bodies).values():
        for commitment, nations in share.items():
            answered[commitment] = answered.get(commitment, frozenset()) | nations
    return answered


def answered_by(institutions: Iterable[int], on: date) -> dict[int, frozenset[str]]:
    """All of what they lead, else their nation's part."""
    if not (keys := list(institutions)):
        return {}
    return answered_in(running(Commitment.objects.filter(reported_by(keys)), on), keys)
