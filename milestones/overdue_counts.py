"""How many milestones are overdue, not updated or postponed, and where those of closed plans stood.

One query counts the milestones of which the same is known; what follows of each such group is said
by the rule of `milestones.days`, for the whole or for one nation.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.models.amended import GOES_ON
from commitments.models.plan import PlanState
from milestones import known
from milestones.conditions import PLAN, amended_or, is_moved, is_unheard
from milestones.days import MilestoneFacts, Timing, timings
from milestones.known import Known
from milestones.levels import (
    OVERALL_SIGNS,
    READ_SIGNS,
    SCHEDULE_SIGNS,
    STATE_SIGNS,
    Overall,
    Schedule,
    Sign,
)
from milestones.sections import OverdueSection

if TYPE_CHECKING:
    from milestones.querysets import MilestoneQuerySet

MARKS_AT_MOST = 400


@dataclass(frozen=True)
class Group:
    """Milestones of which the same is known."""

    facts: MilestoneFacts
    known: Mapping[str, Known]
    has_due_date: bool
    is_moved: bool
    state: str
    sign: Sign
    overall: str
    number: int

    def sections(self, nation: str = "") -> frozenset[OverdueSection]:
        """Those that the milestones belong to, as a whole or in the nation of this code."""
        facts = self.facts
        if nation:
            if nation not in self.known:
                return frozenset()
            facts = replace(facts, known=[self.known[nation]])
        found = {OverdueSection(one.value) for one in timings(facts)}
        return frozenset(found | {OverdueSection.MOVED} if self.is_moved else found)


@dataclass(frozen=True)
class Standing:
    """A row of “where milestones stood”: its words, a section if it is one, and its marks."""

    words: str | Promise
    section: OverdueSection | None
    number: int
    marks: list[tuple[Sign, int]]
    """How many of each; none where there are too many to be counted by eye."""


@dataclass(frozen=True)
class OverdueTally:
    groups: list[Group]
    nations: Sequence[str] = ()
    """Codes of the nations that are asked about; empty: the milestones as a whole."""

    @cached_property
    def totals(self) -> Counter[OverdueSection]:
        return self._count(self.nations or ("",))

    def totals_in(self, nation: str) -> Counter[OverdueSection]:
        return self._count((nation,))

    def _count(self, nations: Sequence[str]) -> Counter[OverdueSection]:
        found: Counter[OverdueSection] = Counter()
        for group in self.groups:
            for section in frozenset().union(*(group.sections(nation) for nation in nations)):
                found[section] += group.number
        return found

    @property
    def milestones(self) -> int:
        return sum(group.number for group in self.groups)

    @property
    def running(self) -> int:
        """How many are of plans that run: no others can be overdue."""
        return sum(one.number for one in self.groups if one.facts.plan == PlanState.CURRENT)

    @property
    def dated(self) -> int:
        rows = (one for one in self.groups if one.facts.plan == PlanState.CURRENT)
        return sum(one.number for one in rows if one.has_due_date)

    @property
    def closed(self) -> int:
        return sum(one.number for one in self.groups if one.facts.plan == PlanState.CLOSED)

    def standings(self) -> list[Standing]:
        """Where the milestones of closed plans stood; the rows add up to `closed`."""
        places: dict[int, Counter[Sign]] = {place: Counter() for place in range(len(STANDINGS))}
        for group in self.groups:
            if group.facts.plan == PlanState.CLOSED:
                places[_place(group)][group.sign] += group.number
        return [
            Standing(
                *STANDINGS[place],
                sum(signs.values()),
                [*signs.items()] if self.closed <= MARKS_AT_MOST else [],
            )
            for place, signs in places.items()
            if signs
        ]


STANDINGS: list[tuple[str | Promise, OverdueSection | None]] = [
    (_("Completed"), None),
    (_("Completed, in our reading"), None),
    (OverdueSection.NOT_COMPLETED.label, OverdueSection.NOT_COMPLETED),
    (OverdueSection.BEHIND.label, OverdueSection.BEHIND),
    (_("Nobody can tell: on schedule when last heard of"), OverdueSection.UNKNOWN),
    (_("Nobody can tell: described in words that give no level"), OverdueSection.UNKNOWN),
    (_("Nobody can tell: partly reported"), OverdueSection.UNKNOWN),
    (_("Nobody can tell: nothing recorded here"), OverdueSection.UNKNOWN),
    *((sign.word, None) for sign in STATE_SIGNS.values()),
    (_("Does not apply in any nation"), None),
]


def _place(group: Group) -> int:
    """Of a milestone of a closed plan in `STANDINGS`."""
    if group.state != GOES_ON:
        return 8 + list(STATE_SIGNS).index(group.state)
    if not group.known:
        return len(STANDINGS) - 1
    said = timings(group.facts)
    if not said:
        return 1 if group.sign.is_read else 0
    if Timing.UNKNOWN_AT_END not in said:
        return 2 if Timing.NOT_COMPLETED_AT_END in said else 3
    if group.overall == Overall.NOT_REPORTED:
        return 7
    if group.overall == Overall.PARTLY_REPORTED:
        return 6
    return 4 if group.sign is SCHEDULE_SIGNS[Schedule.ON_SCHEDULE] else 5


def tally(milestones: "MilestoneQuerySet", on: date, nations: Sequence[str] = ()) -> OverdueTally:
    """One query, whatever the number of rows."""
    rows = (
        milestones.order_by()
        .annotate(
            plan_state=Case(
                *(
                    When(state.condition(on, PLAN), then=Value(state.value))
                    for state in (PlanState.CURRENT, PlanState.COMING, PlanState.CLOSED)
                ),
                default=Value(PlanState.UNKNOWN.value),
            ),
            # The end matters only where something is dated: else plans would part the groups.
            plan_end=Case(When(known_in__contains="-", then=F(f"{PLAN}__end_date"))),
            is_dated=_yes(Q(due_on__isnull=False)),
            is_past=_yes(Q(due_on__lt=on)),
            unheard=_yes(is_unheard(on)),
            has_moved=_yes(is_moved()),
            amended=amended_or(Value(GOES_ON)),
        )
        .values_list(
            *("known_in", "plan_state", "plan_end", "is_dated", "is_past", "unheard"),
            *("has_moved", "amended", "overall", "overall_is_read"),
        )
        .annotate(number=Count("pk"))
    )
    return OverdueTally([_group(*row) for row in rows], nations)


def _yes(condition: Q) -> Combinable:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _group(
    known_in: str,
    plan: str,
    end: date | None,
    is_dated: bool,
    is_past: bool,
    unheard: bool,
    has_moved: bool,
    state: str,
    overall: str,
    is_read: bool,
    number: int,
) -> Group:
    said = known.read(known_in)
    facts = MilestoneFacts(
        known=list(said.values()),
        plan=PlanState(plan),
        plan_end=end,
        is_past_due=is_past,
        is_unheard=unheard,
        is_amended=state != GOES_ON,
    )
    return Group(
        facts,
        said,
        is_dated,
        has_moved,
        state,
        _sign(said, state, overall, is_read),
        overall,
        number,
    )


def _sign(said: Mapping[str, Known], state: str, overall: str, is_read: bool) -> Sign:
    """The mark of the whole; words without a level may give a schedule."""
    if state != GOES_ON:
        return STATE_SIGNS[state]
    letters = {one.letter for one in said.values()}
    schedules = [given for letter, given in known.SCHEDULES.items() if letter in letters]
    if overall == Overall.LEVEL_NOT_GIVEN and schedules:
        return SCHEDULE_SIGNS[schedules[0]]
    return (READ_SIGNS if is_read else OVERALL_SIGNS)[overall]
