"""What somebody answers for, of the commitments whose plan runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db.models import Case, QuerySet, Sum, When

from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.models.amended import GOES_ON
from commitments.models.plan import PlanState
from commitments.rights import (
    REPORTING_INVOLVEMENTS,
    carried_on_by,
    leads_a_milestone,
    nations_reported_for,
    reported_by,
    with_predecessors,
)
from milestones.models import Milestone

from .keys import Among, Keys, plain

Answered = Mapping[int, frozenset[str]]
"""Of each commitment, by its key, the codes of the nations in which somebody answers for it."""


class Scope(NamedTuple):
    """What somebody answers for, by keys."""

    commitments: Answered
    milestones: Answered = {}
    """Those that they lead themselves, whichever body leads the commitment."""


def running(commitments: QuerySet[Commitment], on: date) -> dict[int, frozenset[str]]:
    """Return the commitments that go on in a plan that runs on the date `on`, with their nations.

    Keys and not a condition: the databases judge keys well, and the condition several times. The
    nations come as one number per commitment, a bit for each. Two queries.
    """
    nations = list(Nation.objects.order_by("pk").values_list("pk", "code"))
    bits = [When(nations=key, then=1 << place) for place, (key, _code) in enumerate(nations)]

    @cache
    def of_bits(number: int) -> frozenset[str]:
        return frozenset(code for place, (_key, code) in enumerate(nations) if number >> place & 1)

    rows = (
        commitments.filter(PlanState.CURRENT.condition(on, "plan"), amendment_state=GOES_ON)
        .order_by()
        .values_list("pk")
        .annotate(number=Sum(Case(*bits, default=0)))
    )
    return {key: of_bits(number) for key, number in plain(rows)}


class Body(NamedTuple):
    """What decides, besides its roles in a commitment, what an institution answers for."""

    kind: str
    nation: str | None
    successor: int | None


def all_bodies() -> dict[int, Body]:
    """By their keys; one query."""
    rows = Institution.objects.order_by().values_list("pk", "kind", "nation__code", "succeeded_by")
    return {key: Body(kind, nation, after) for key, kind, nation, after in rows}


def shares(
    scope: Answered, answering: Mapping[int, Collection[int]], bodies: Mapping[int, Body]
) -> dict[int, dict[int, frozenset[str]]]:
    """`answering`: per institution that takes part those who answer in its place. One query."""
    roles_of: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = Involvement.objects.filter(
        Among("commitment", Keys(scope)), role__in=REPORTING_INVOLVEMENTS
    ).order_by()
    for named, commitment, role in plain(rows.values_list("institution", "commitment", "role")):
        for body in answering.get(named, ()):
            roles_of[body][commitment].add(role)
    for body in {one for some in answering.values() for one in some}:
        if bodies[body].kind == Institution.Kind.DEVOLVED:
            roles_of[body].update({key: roles_of[body][key] for key in scope})
    return {
        body: {
            commitment: nations
            for commitment, roles in of_body.items()
            if (
                nations := nations_reported_for(
                    roles, bodies[body].kind, bodies[body].nation, scope[commitment]
                )
            )
        }
        for body, of_body in roles_of.items()
    }


def answered_in(scope: Answered, institutions: Iterable[int]) -> Scope:
    """Return what of the scope one of the institutions answers for. Three queries."""
    asked, bodies = frozenset(institutions), all_bodies()
    after = {key: body.successor for key, body in bodies.items() if body.successor is not None}
    answering = {
        key: found for key in bodies if (found := asked.intersection(carried_on_by(key, after)))
    }
    answered: dict[int, frozenset[str]] = {}
    for share in shares(scope, answering, bodies).values():
        for commitment, nations in share.items():
            answered[commitment] = answered.get(commitment, frozenset()) | nations
    leads = [key for key, some in answering.items() if any(may_lead(bodies[one]) for one in some)]
    led = Milestone.objects.filter(Among("commitment", Keys(scope)), lead__in=leads).order_by()
    rows = plain(led.values_list("pk", "commitment")) if leads else ()
    return Scope(answered, {key: scope[commitment] for key, commitment in rows})


def may_lead(body: Body) -> bool:
    return bool(nations_reported_for({Involvement.Role.LEAD}, body.kind, None, frozenset({"any"})))


def answered_by(institutions: Iterable[int], on: date) -> Scope:
    """All of what they lead, else what falls to their nation."""
    if not (keys := list(institutions)):
        return Scope({})
    mine = reported_by(keys) | leads_a_milestone(with_predecessors(keys))
    return answered_in(running(Commitment.objects.filter(mine), on), keys)
