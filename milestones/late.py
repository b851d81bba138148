"""What the page `/late/` shows: which milestones are late, silent or moved, and how many of whom.

All numbers are counted by the database. A milestone stands in every section that it belongs to, so
that each number is also that of the marks in the table of milestones (`/data/`).
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution, Involvement, Nation
from milestones.days import Timing
from milestones.levels import Level
from milestones.models import DueDateChange, Milestone, ProgressUpdate
from milestones.querysets import MilestoneQuerySet


class Section(TextChoices):
    """The sections of the page, in their order: what the clock says, and what moved."""

    OVERDUE = Timing.OVERDUE.value, Timing.OVERDUE.label
    STALE = Timing.STALE.value, Timing.STALE.label
    MOVED = "moved", _("Due day moved")
    NOT_COMPLETED = Timing.NOT_COMPLETED_AT_END.value, Timing.NOT_COMPLETED_AT_END.label
    NOT_FULLY_REPORTED = Timing.NOT_FULLY_REPORTED.value, Timing.NOT_FULLY_REPORTED.label


ORDERS: dict[str, tuple[Any, ...]] = {
    Section.OVERDUE: (F("due_on").asc(),),
    Section.STALE: (F("last_published").asc(nulls_first=True),),
    Section.MOVED: (F("last_moved").desc(),),
    Section.NOT_COMPLETED: (F("commitment__plan__last_day").desc(),),
    Section.NOT_FULLY_REPORTED: (F("commitment__plan__last_day").desc(),),
}
"""What comes first in a section; then the order of the commitments and their milestones."""

NAMED = (F("commitment__slug").asc(), F("number").asc())


@dataclass(frozen=True)
class Counted:
    """An institution or a nation, and how many milestones of each section it has."""

    of: Institution | Nation
    numbers: list[tuple[Section, int]]


@dataclass(frozen=True)
class Found:
    """A section with its first rows and how many there are."""

    section: Section
    total: int
    rows: list[Milestone]


@dataclass(frozen=True)
class Selection:
    """The milestones that a reader asks about, on a day, perhaps in one nation only."""

    milestones: MilestoneQuerySet
    on: date
    nation: Nation | None = None

    def conditions(self) -> dict[Section, Q]:
        """Return the condition of each section.

        In a nation, what is late has to be unfinished there, as on the nation's own page.
        """
        every = Milestone.objects.all()
        late, any_state = every, every
        if self.nation is not None:
            late = every.unfinished_in(self.nation)
            any_state = every.applying_in(self.nation)
        kinds = {
            Section.OVERDUE: late.overdue(self.on),
            Section.STALE: late.stale(self.on),
            Section.MOVED: any_state.moved(),
            Section.NOT_COMPLETED: late.not_completed_at_end(self.on),
            Section.NOT_FULLY_REPORTED: late.not_fully_reported_at_end(self.on),
        }
        return {section: Q(pk__in=rows.order_by().values("pk")) for section, rows in kinds.items()}

    def of(self, section: Section) -> MilestoneQuerySet:
        """Return all milestones of one section, in its order, with what a row shows."""
        rows = with_days(self.milestones.filter(self.conditions()[section]), self.on)
        return with_names(rows).order_by(*ORDERS[section], *NAMED)

    def first(self, each: int) -> list[Found]:
        """Return each section with its first `each` rows, none left out. One query and its rows."""
        conditions = self.conditions()
        rows: Any = with_days(self.milestones.filter(reduce(or_, conditions.values())), self.on)
        for section, condition in conditions.items():
            belongs = Case(When(condition, then=1), default=0, output_field=IntegerField())
            same, order = F(f"in_{section}"), (*ORDERS[section], *NAMED)
            place = Window(RowNumber(), partition_by=same, order_by=order)
            rows = rows.annotate(**{f"in_{section}": belongs}).annotate(
                **{
                    f"total_{section}": Window(Count("pk"), partition_by=same),
                    f"place_{section}": place,
                }
            )
        shown = reduce(
            or_, (Q(**{f"in_{name}": 1, f"place_{name}__lte": each}) for name in conditions)
        )
        found = list(with_names(rows.filter(shown)))
        return [_found(section, found, each) for section in conditions]

    def per_nation(self) -> list[Counted]:
        """Return the nations in their fixed order, each with its milestones of every section."""
        applies = Q(part_applies=True)
        unfinished = applies & (Q(part__level=None) | ~Q(part__level=Level.COMPLETED))
        whole = Selection(self.milestones, self.on).conditions()
        conditions = {
            section: condition & (applies if section == Section.MOVED else unfinished)
            for section, condition in whole.items()
        }
        numbers = _counted(self.milestones.by_part(), "part_nation", conditions)
        nations = Nation.objects.public().order_by("position")
        if self.nation is not None:
            nations = nations.filter(pk=self.nation.pk)
        nothing = [(section, 0) for section in conditions]
        return [Counted(nation, numbers.get(nation.pk, nothing)) for nation in nations]

    def per_institution(self) -> list[Counted]:
        """Return the institutions that lead such milestones, by name.

        A milestone whose commitment has two leads is counted with each of them.
        """
        led = self.milestones.filter(commitment__involvements__role=Involvement.Role.LEAD)
        numbers = _counted(led, "commitment__involvements__institution", self.conditions())
        leads = Institution.objects.public().filter(
            pk__in=[key for key, found in numbers.items() if any(number for _, number in found)]
        )
        return [Counted(lead, numbers[lead.pk]) for lead in leads.order_by("name")]


def _counted(
    rows: Any, by: str, conditions: dict[Section, Q]
) -> dict[int, list[tuple[Section, int]]]:
    """Return how many rows meet each of the conditions, per value of `by`. One query."""
    counts = {
        f"n_{section}": Count("pk", filter=condition) for section, condition in conditions.items()
    }
    found = rows.order_by().values_list(by).annotate(**counts)
    return {key: list(zip(conditions, numbers, strict=True)) for key, *numbers in found}


def with_days(rows: MilestoneQuerySet, on: date) -> MilestoneQuerySet:
    """Add the days that decide: last report, first due day, how far and how often it moved."""
    changes = DueDateChange.objects.filter(milestone=OuterRef("pk")).order_by("-moved_at", "-pk")
    counted = changes.order_by().values("milestone").annotate(number=Count("pk"))
    updates = ProgressUpdate.objects.published().filter(milestone=OuterRef("pk")).order_by()
    latest = updates.values("milestone").annotate(at=Max("published_at"))
    first = Subquery(changes.reverse().values("moved_from")[:1])
    return rows.annotate(
        last_published=Subquery(latest.values("at")),
        overdue_by=_apart(Value(on, output_field=DateField()), F("due_on")),
        first_due=first,
        moved_by=_apart(F("due_on"), first),
        earlier_by=_apart(first, F("due_on")),
        moves=Subquery(counted.values("number")),
        last_moved=Subquery(changes.values("moved_at")[:1]),
        last_reason=Subquery(changes.values("reason")[:1]),
    )


def with_names(rows: MilestoneQuerySet) -> MilestoneQuerySet:
    """Fetch what a row names: commitment, plan, nations and leads."""
    leads = Involvement.objects.filter(role=Involvement.Role.LEAD).for_page()
    return rows.select_related("commitment__plan").prefetch_related(
        "commitment__nations",
        Prefetch("commitment__involvements", queryset=leads, to_attr="leads"),
    )


def _apart(later: Any, earlier: Any) -> ExpressionWrapper:
    return ExpressionWrapper(later - earlier, output_field=DurationField())


def _found(section: Section, rows: list[Any], each: int) -> Found:
    """Return a section out of the rows of all of them."""
    mine = [row for row in rows if getattr(row, f"in_{section}")]
    total = getattr(mine[0], f"total_{section}") if mine else 0
    place = f"place_{section}"
    shown = [row for row in mine if getattr(row, place) <= each]
    return Found(section, total, sorted(shown, key=attrgetter(place)))
