"""Who promised when: the plans of each government, with who has spoken about their commitments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from commitments.models import ActionPlan
from irm.spoken import Spoken, SpokenCounts

MAX_LANES = 8
MAX_PLANS = 24
MAX_SQUARES = 200
"""So that the chart, which is drawn twice, and its table stay below half of a page of 60 kB."""

UK = "United Kingdom"


@dataclass(frozen=True)
class PlanRow:
    plan: ActionPlan
    counts: SpokenCounts
    is_drawn: bool = True
    """Whether there is a square for each of its promises, or only their number."""
    pinned: Spoken | None = None
    """Who has spoken about the promise that the page has as its example, if it is in this plan."""

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def first(self) -> date | None:
        return self.plan.start_date or self.plan.end_date

    @property
    def last(self) -> date | None:
        return self.plan.end_date or self.plan.start_date

    @property
    def has_both_dates(self) -> bool:
        return None not in (self.plan.start_date, self.plan.end_date)

    @property
    def years(self) -> str:
        """Such as 2019–21."""
        if self.first is None or self.last is None:
            return ""
        first, last = self.first.year, self.last.year
        short = last % 100 if first // 100 == last // 100 else last
        return str(first) if first == last else f"{first}–{short:02}"


@dataclass(frozen=True)
class Lane:
    government: str
    rows: list[PlanRow]


@dataclass(frozen=True)
class Lanes:
    """The plans with promises, bounded, and what was left out."""

    shown: list[Lane]
    governments: int
    plans: int
    since: int | None
    """The year in which the first of them began."""
    left_out: int
    """How many plans are neither drawn nor in the table."""

    @property
    def undated(self) -> int:
        """How many promises of these plans cannot be drawn, because no date of theirs is known."""
        rows = (row for lane in self.shown for row in lane.rows)
        return sum(row.total for row in rows if row.first is None)

    @property
    def has_numbers(self) -> bool:
        return any(not row.is_drawn and row.first for lane in self.shown for row in lane.rows)


def lanes_of(
    promised: Sequence[ActionPlan],
    counts: Mapping[int | None, SpokenCounts],
    only_members: Mapping[int | None, str],
    example: tuple[int | None, Spoken] | None = None,
) -> Lanes:
    """`promised` are the plans that have promises, `counts` those by plan.

    `only_members`: the nation's own, of plans all of whose promises are for one nation. `example`:
    the plan of a promise, and who has spoken about it.
    """
    governments = {
        # Nations publish some of their commitments in a plan of the UK, or under its name.
        plan.pk: only_members.get(plan.pk, UK) if plan.member == UK else plan.member
        for plan in promised
    }
    order = sorted(set(governments.values()), key=_place)
    among = set(order[:MAX_LANES])
    newest = sorted(promised, key=lambda plan: plan.end_date or date.min, reverse=True)
    shown = [plan for plan in newest if governments[plan.pk] in among][:MAX_PLANS]
    rows = _rows(shown, counts, example)
    lanes = [
        Lane(_label(name), [row for row in rows if governments[row.plan.pk] == name])
        for name in order
    ]
    return Lanes(
        shown=[lane for lane in lanes if lane.rows],
        governments=len(order),
        plans=len(promised),
        since=min((plan.start_date.year for plan in promised if plan.start_date), default=None),
        left_out=len(promised) - len(shown),
    )


def _rows(
    shown: Sequence[ActionPlan],
    counts: Mapping[int | None, SpokenCounts],
    example: tuple[int | None, Spoken] | None,
) -> list[PlanRow]:
    """In the order of their first days."""
    largest = _largest_drawn(counts[plan.pk].total() for plan in shown)
    return [
        PlanRow(
            plan,
            counts[plan.pk],
            is_drawn=counts[plan.pk].total() <= largest,
            pinned=example[1] if example and example[0] == plan.pk else None,
        )
        for plan in sorted(shown, key=lambda one: (one.start_date or date.max, one.title))
    ]


def is_of_the_uk(member: str) -> bool:
    return member == UK or member.endswith(f", {UK}")


def _place(member: str) -> tuple[bool, int, str]:
    """The UK and its nations in their order, then the others by name."""
    order = [UK, *(f"{one}, {UK}" for one in ("Scotland", "Wales", "Northern Ireland"))]
    return (member not in order, order.index(member) if member in order else 0, member)


def _label(member: str) -> str:
    return _("UK Government") if member == UK else member.removesuffix(f", {UK}")


def _largest_drawn(totals: Iterable[int]) -> int:
    """The size up to which plans are drawn, so that all squares together are not too many."""
    drawn = largest = 0
    for total in sorted(totals):
        drawn += total
        if drawn > MAX_SQUARES:
            # A plan as large as one that no longer fits is not drawn either.
            return min(largest, total - 1)
        largest = total
    return largest
