"""What the page `/overdue/` shows: milestones overdue, not updated or postponed, and their numbers.

All numbers are counted by the database. A milestone is in every section that it belongs to, so
that each number is also that of the marks in the table of milestones (`/data/`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    TextChoices,
    Value,
    Window,
)
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution, Involvement, Nation
from milestones.conditions import SHORT, moves_of_due_date
from milestones.days import Timing
from milestones.models import Milestone, ProgressUpdate
from milestones.querysets import MilestoneQuerySet
from ogp_tracker.common.counting import count_of


class OverdueSection(TextChoices):
    """The sections of the page, in their order: what follows from the date, and what moved."""

    OVERDUE = Timing.OVERDUE.value, Timing.OVERDUE.label
    PAST_DUE = Timing.PAST_DUE.value, Timing.PAST_DUE.label
    STALE = Timing.STALE.value, Timing.STALE.label
    MOVED = "moved", _("Due date moved")
    NOT_COMPLETED = Timing.NOT_COMPLETED_AT_END.value, Timing.NOT_COMPLETED_AT_END.label
    NOT_FULLY_REPORTED = Timing.NOT_FULLY_REPORTED.value, Timing.NOT_FULLY_REPORTED.label


RUNNING = (OverdueSection.OVERDUE, OverdueSection.PAST_DUE, OverdueSection.STALE)
"""The sections of plans that run."""

ORDERS: dict[str, tuple[Any, ...]] = {
    OverdueSection.OVERDUE: (F("due_on").asc(),),
    OverdueSection.PAST_DUE: (F("due_on").asc(),),
    OverdueSection.STALE: (F("last_published").asc(nulls_first=True),),
    OverdueSection.MOVED: (F("last_moved").desc(),),
    OverdueSection.NOT_COMPLETED: (F("commitment__plan__end_date").desc(),),
    OverdueSection.NOT_FULLY_REPORTED: (F("commitment__plan__end_date").desc(),),
}
"""What comes first in a section; then the order of the commitments and their milestones."""

NAMED = (F("commitment__slug").asc(), F("order").asc(), F("number").asc())


@dataclass(frozen=True)
class SectionCounts:
    of: Institution | Nation
    numbers: list[tuple[OverdueSection, int]]


@dataclass(frozen=True)
class SectionRows:
    section: OverdueSection
    total: int
    rows: list[Milestone]


@dataclass(frozen=True)
class Selection:
    """The milestones that a reader asks about, on a date, perhaps in some nations only."""

    milestones: MilestoneQuerySet
    on: date
    nations: Sequence[Nation] = ()

    def conditions(self) -> dict[OverdueSection, Q]:
        """In a nation it is the level there that counts, as on the nation's own page."""
        each = [self._conditions_in(nation) for nation in self.nations or (None,)]
        return {section: reduce(or_, (one[section] for one in each)) for section in OverdueSection}

    def _conditions_in(self, nation: Nation | None) -> dict[OverdueSection, Q]:
        every, on = Milestone.objects.all(), self.on
        return _among(
            {
                OverdueSection.OVERDUE: every.overdue(on, nation),
                OverdueSection.PAST_DUE: every.past_due(on, nation),
                OverdueSection.STALE: (every.unfinished_in(nation) if nation else every).stale(on),
                OverdueSection.MOVED: (every.applying_in(nation) if nation else every).moved(),
                OverdueSection.NOT_COMPLETED: every.not_completed_at_end(on, nation),
                OverdueSection.NOT_FULLY_REPORTED: every.not_fully_reported_at_end(on, nation),
            }
        )

    def of(self, section: OverdueSection) -> MilestoneQuerySet:
        return _shown(self._in_order(section), self.on)

    def first(self, each: int, sections: Iterable[OverdueSection]) -> list[SectionRows]:
        """One query per section, and one for all rows: to number all at once is far slower."""
        heads = {
            section: list(
                self._in_order(section)
                .annotate(total=Window(Count("pk")))
                .values_list("pk", "total")[:each]
            )
            for section in sections
        }
        keys = [key for head in heads.values() for key, _total in head]
        rows = _shown(_with_order(Milestone.objects.all()), self.on).in_bulk(keys)
        return [
            SectionRows(section, head[0][1] if head else 0, [rows[key] for key, _total in head])
            for section, head in heads.items()
        ]

    def per_nation(self) -> list[SectionCounts]:
        every, on = Milestone.objects.all(), self.on
        past, closed, short = every.past_due_date(on), every.closed(on), Q(part_level__in=SHORT)
        unknown = Q(part_level=None) | Q(part_level="")
        sections = {
            OverdueSection.OVERDUE: (past, short),
            OverdueSection.PAST_DUE: (past, unknown),
            OverdueSection.STALE: (every.stale(on), short | unknown),
            OverdueSection.MOVED: (every.moved(), Q()),
            OverdueSection.NOT_COMPLETED: (closed, short),
            OverdueSection.NOT_FULLY_REPORTED: (closed, Q(part_update=None)),
        }
        among = _among({section: rows for section, (rows, _parts) in sections.items()})
        numbers = _numbers(
            (self._parts(among[section]).filter(parts), ("part_nation",), section)
            for section, (_rows, parts) in sections.items()
        )
        nations = self.nations or Nation.objects.public().order_by("position")
        return [
            SectionCounts(row, list(zip(OverdueSection, numbers[row.pk,], strict=True)))
            for row in nations
        ]

    def per_institution(self) -> list[SectionCounts]:
        """A milestone whose commitment has two leads is counted with each of them."""
        led = self.milestones.filter(
            commitment__involvements__role=Involvement.Role.LEAD, lead=None
        )
        own = self.milestones.filter(lead__isnull=False)
        numbers = _numbers(
            (rows.filter(condition), (f"{lead}__name", f"{lead}__slug"), section)
            for section, condition in self.conditions().items()
            for rows, lead in ((led, "commitment__involvements__institution"), (own, "lead"))
        )
        return [
            SectionCounts(
                Institution(name=name, slug=slug), list(zip(OverdueSection, found, strict=True))
            )
            for (name, slug), found in sorted(numbers.items())
        ]

    def _parts(self, condition: Q) -> MilestoneQuerySet:
        """Only of milestones of the section: not all that there are are looked through."""
        rows: Any = self.milestones.filter(condition).by_part()
        read = {"part_level": F("part__level"), "part_update": F("part__update")}
        applying: MilestoneQuerySet = rows.annotate(**read).filter(part_applies=True)
        return applying

    def _in_order(self, section: OverdueSection) -> MilestoneQuerySet:
        rows = _with_order(self.milestones.filter(self.conditions()[section]))
        return rows.order_by(*ORDERS[section], *NAMED)


def _among(rows: dict[OverdueSection, MilestoneQuerySet]) -> dict[OverdueSection, Q]:
    return {section: Q(pk__in=found.order_by().values("pk")) for section, found in rows.items()}


def _numbers(
    counted: Iterable[tuple[Any, tuple[str, ...], OverdueSection]],
) -> dict[tuple[Any, ...], list[int]]:
    """Return how many rows each section has per value of the paths, in the order of the sections.

    `counted` are the rows of each section and the paths. One query.
    """
    first, *others = (
        rows.order_by()
        .annotate(section=Value(section.value))
        .values_list("section", *by)
        .annotate(number=Count("pk"))
        for rows, by, section in counted
    )
    places = {section.value: place for place, section in enumerate(OverdueSection)}
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(places))
    for section, *of, number in first.union(*others, all=True):
        found[tuple(of)][places[section]] += number
    return found


def _with_order(rows: MilestoneQuerySet) -> MilestoneQuerySet:
    updates = ProgressUpdate.objects.of_government().published().order_by()
    updates = updates.filter(milestone=OuterRef("pk"))
    latest = updates.values("milestone").annotate(at=Max("published_at"))
    moves = moves_of_due_date().order_by()
    last = moves.values("milestone").annotate(at=Max("published_at"))
    return rows.annotate(
        last_published=Subquery(latest.values("at")), last_moved=Subquery(last.values("at"))
    )


def _shown(rows: MilestoneQuerySet, on: date) -> MilestoneQuerySet:
    """Add what a row shows: how long overdue, how far and how often moved, why, and all names."""
    changes = moves_of_due_date().reverse()
    first = Subquery(moves_of_due_date().values("due_from")[:1])
    leads = Involvement.objects.filter(role=Involvement.Role.LEAD).for_page()
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
        )
    )


def _apart(later: Combinable, earlier: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(later - earlier, output_field=DurationField())
