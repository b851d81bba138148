"""What the page `/overdue/` shows: milestones overdue, not updated or postponed, and their numbers.

All numbers are counted by the database. A milestone is in every section that it belongs to, so
that each number is also that of the marks in the table of milestones (`/data/`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable

from commitments.models import Institution, Involvement, Nation
from milestones.conditions import moves_of_due_date
from milestones.models.nation_progress import NationProgress
from milestones.overdue_counts import OverdueTally, tally
from milestones.sections import RUNNING, OverdueSection, in_any_section
from ogp_tracker.common.counting import count_of

if TYPE_CHECKING:
    # Its verb `overdue_overview` leads here.
    from milestones.models import Milestone
    from milestones.querysets import MilestoneQuerySet

ORDERS: dict[str, tuple[Any, ...]] = {
    OverdueSection.OVERDUE: (F("due_on").asc(),),
    OverdueSection.PAST_DUE: (F("due_on").asc(),),
    OverdueSection.STALE: (F("last_reported_on").asc(nulls_first=True),),
    OverdueSection.MOVED: (F("last_moved").desc(),),
}
"""What comes first in a section, in the others the plan that closed last; then the order of the
commitments and their milestones."""

NAMED = (F("commitment__slug").asc(), F("order").asc(), F("number").asc())


@dataclass(frozen=True)
class SectionCounts:
    of: Institution | Nation
    numbers: list[tuple[OverdueSection, int]]


@dataclass(frozen=True)
class SectionRows:
    section: OverdueSection
    total: int
    rows: "list[Milestone]"


@dataclass(frozen=True)
class Selection:
    """The milestones that a reader asks about, on a date, perhaps in some nations only."""

    milestones: "MilestoneQuerySet"
    on: date
    nations: Sequence[Nation] = ()

    @cached_property
    def tally(self) -> OverdueTally:
        return tally(self.milestones, self.on, [nation.code for nation in self.nations])

    def condition(self, section: OverdueSection) -> Q:
        """In a nation it is the level there that counts, as on the nation's own page."""
        return reduce(or_, (section.condition(self.on, one) for one in self.nations or (None,)))

    def of(self, section: OverdueSection) -> "MilestoneQuerySet":
        return _shown(self._in_order(section), self.on)

    def first(self, each: int, sections: Iterable[OverdueSection]) -> list[SectionRows]:
        """Of those that have any. One query per section, and one for all rows."""
        found = [section for section in sections if self.tally.totals[section]]
        heads = {
            one: list(self._in_order(one).values_list("pk", flat=True)[:each]) for one in found
        }
        keys = [key for head in heads.values() for key in head]
        rows = _shown(_with_move(self.milestones.model.objects.all()), self.on).in_bulk(keys)
        return [
            SectionRows(section, self.tally.totals[section], [rows[key] for key in head])
            for section, head in heads.items()
        ]

    def per_nation(self) -> list[SectionCounts]:
        nations = self.nations or Nation.objects.public().order_by("position")
        counted = ((nation, self.tally.totals_in(nation.code)) for nation in nations)
        return [
            SectionCounts(nation, [(section, totals[section]) for section in OverdueSection])
            for nation, totals in counted
        ]

    @cached_property
    def _leading(self) -> dict[int, set[int]]:
        """By institution, the commitments that it leads and that have a milestone of any section
        without a lead of its own; empty if it only leads such milestones themselves."""
        found = (in_any_section(self.on, nation) for nation in self.nations or (None,))
        rows = self.milestones.order_by().filter(reduce(or_, found))
        own = rows.filter(lead__isnull=False).values_list("lead", flat=True)
        leading: dict[int, set[int]] = {lead: set() for lead in own}
        others = set(rows.filter(lead=None).values_list("commitment", flat=True).distinct())
        leads = Involvement.objects.filter(role=Involvement.Role.LEAD).order_by()
        for institution, commitment in leads.values_list("institution", "commitment"):
            if commitment in others:
                leading.setdefault(institution, set()).add(commitment)
        return leading

    def institutions(self) -> QuerySet[Institution]:
        """Those that lead a milestone of any section, itself or as the lead of its commitment."""
        return Institution.objects.filter(pk__in=list(self._leading)).order_by("name")

    def per_institution(self, institutions: Sequence[Institution]) -> list[SectionCounts]:
        """A milestone whose commitment has two leads is counted with each of them."""
        counts = {one.value: Count("pk", filter=self.condition(one)) for one in OverdueSection}
        rows = self.milestones.order_by()
        keys = set().union(*(self._leading[one.pk] for one in institutions))
        led: QuerySet[Any] = rows.filter(lead=None, commitment__in=keys).values("commitment")
        of_commitments = {row.pop("commitment"): row for row in led.annotate(**counts)}
        own: QuerySet[Any] = rows.filter(lead__in=institutions).values("lead")
        of_milestones = {row.pop("lead"): Counter(row) for row in own.annotate(**counts)}
        found: dict[int, Counter[str]] = defaultdict(Counter, of_milestones)
        for one in institutions:
            for key in self._leading[one.pk]:
                found[one.pk].update(of_commitments.get(key, {}))
        return [
            SectionCounts(one, [(section, found[one.pk][section]) for section in OverdueSection])
            for one in institutions
        ]

    def _in_order(self, section: OverdueSection) -> "MilestoneQuerySet":
        rows = self.milestones.filter(self.condition(section))
        rows = _with_move(rows) if section == OverdueSection.MOVED else rows
        order = ORDERS.get(section, (F("commitment__plan__end_date").desc(),))
        return rows.order_by(*order, *NAMED)


@dataclass(frozen=True)
class Overview:
    """What a page about something else says: the first rows of each section, and the numbers."""

    tally: OverdueTally
    found: list[SectionRows]

    @property
    def is_any_of_running(self) -> bool:
        return any(self.tally.totals[section] for section in RUNNING)


def overview(
    milestones: "MilestoneQuerySet", on: date, each: int, nation: Nation | None = None
) -> Overview:
    """Of a section of which nobody can tell anything only the number is said."""
    selection = Selection(milestones, on, (nation,) if nation else ())
    listed = [*RUNNING, OverdueSection.NOT_COMPLETED, OverdueSection.BEHIND]
    return Overview(selection.tally, selection.first(each, listed))


def _with_move(rows: "MilestoneQuerySet") -> "MilestoneQuerySet":
    last = moves_of_due_date().order_by().values("milestone").annotate(at=Max("published_at"))
    return rows.annotate(last_moved=Subquery(last.values("at")))


def _shown(rows: "MilestoneQuerySet", on: date) -> "MilestoneQuerySet":
    """Add what a row shows: how long overdue, how far and how often moved, why, and all names."""
    changes = moves_of_due_date().reverse()
    first = Subquery(moves_of_due_date().values("due_from")[:1])
    leads = Involvement.objects.filter(role=Involvement.Role.LEAD).for_page()
    cells = (
        NationProgress.objects.in_scope().filter(applies=True).select_related("nation", "update")
    )
    return (
        rows.annotate(
            overdue_by=_apart(Value(on, output_field=DateField()), F("due_on")),
            first_due=first,
            moved_by=_apart(F("due_on"), first),
            earlier_by=_apart(first, F("due_on")),
            moves=count_of(changes, "milestone"),
            last_reason=Subquery(changes.values("reason")[:1]),
        )
        .select_related("commitment__plan", "lead")
        .prefetch_related(
            "commitment__nations",
            Prefetch("commitment__involvements", queryset=leads, to_attr="leads"),
            Prefetch("nation_progress", cells.order_by("nation__position"), to_attr="said_in"),
        )
    )


def _apart(later: Combinable, earlier: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(later - earlier, output_field=DurationField())
