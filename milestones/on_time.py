"""Completed on time, completed late and by how much, overdue and by how much: never as a rank.

A milestone is completed when government, or another body that reports on it, first says so of every
nation in scope and takes it back in none. The work may have been done before; nobody else can know
when. A date of which the source gives only a month is the last of that month: on time by then is on
time, and otherwise nobody can tell.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, TextChoices, When
from django.utils.translation import gettext_lazy as _

from commitments.models.plan import PlanState
from milestones import known
from milestones.conditions import goes_on, moves_of_due_date, timing_is
from milestones.days import Timing, timings
from milestones.levels import Level
from milestones.models.update import ProgressUpdate
from milestones.overdue_counts import Group, OverdueTally, tally

if TYPE_CHECKING:
    # Its verb `on_time` leads here.
    from milestones.models import Milestone
    from milestones.querysets import MilestoneQuerySet

FIRST_ROWS = 5


class Punctuality(TextChoices):
    """Exactly one is said of each milestone."""

    ON_TIME = "on_time", _("Completed on time")
    LATE = "late", _("Completed late")
    OVERDUE = "overdue", _("Overdue")
    NOT_DUE = "not_due", _("Not due yet")
    UNFINISHED = "unfinished", _("Unfinished when the plan closed")
    NO_DUE_DATE = "no_due_date", _("Completed; no due date recorded")
    NO_EXACT_DATE = "no_exact_date", _("Completed; the date is not known exactly enough")
    UNKNOWN = "unknown", _("Not known whether it was completed")
    AMENDED = "amended", _("Withdrawn, on hold or merged")


LISTED = (Punctuality.ON_TIME, Punctuality.LATE, Punctuality.OVERDUE)


class Said(NamedTuple):
    """A published update that no published one corrects; in the order in which they count."""

    as_of: date
    recorded_at: datetime
    pk: int
    level: str
    words: str
    """The as-of date in the words of the source, if these give no date."""


@dataclass(frozen=True, order=True)
class Completed:
    """When it was completed: the as-of date, and the source's words if these give no date."""

    as_of: date
    words: str = ""


def completed(said: Iterable[Iterable[Said]]) -> Completed | None:
    """From what is said of each nation in scope.

    In each the first “Completed” after which nothing else is said; the last of these for the whole.
    """
    firsts = []
    for updates in said:
        first = None
        for update in sorted(updates):
            if update.level != Level.COMPLETED:
                first = None
            elif first is None:
                first = Completed(update.as_of, update.words)
        if first is None:
            return None
        firsts.append(first)
    return max(firsts, default=None)


def once_completed(done: Completed, due_on: date) -> Punctuality:
    if done.as_of <= due_on:
        return Punctuality.ON_TIME
    return Punctuality.NO_EXACT_DATE if done.words else Punctuality.LATE


def of_group(group: Group) -> Punctuality | None:
    """What is said of milestones of which the same is known; None: it depends on the dates."""
    facts = group.facts
    if facts.is_amended:
        return Punctuality.AMENDED
    if facts.known and all(one.letter == known.COMPLETED for one in facts.known):
        return None if group.has_due_date else Punctuality.NO_DUE_DATE
    said = timings(facts)
    if Timing.OVERDUE in said:
        return Punctuality.OVERDUE
    if Timing.NOT_COMPLETED_AT_END in said:
        return Punctuality.UNFINISHED
    is_open = facts.plan in {PlanState.CURRENT, PlanState.COMING}
    if is_open and group.has_due_date and not facts.is_past_due:
        return Punctuality.NOT_DUE
    return Punctuality.UNKNOWN


@dataclass(frozen=True)
class PunctualRow:
    milestone: "Milestone"
    done: Completed | None
    late_by: timedelta
    """So much later than it was due: completed, or still not completed."""


@dataclass(frozen=True)
class PunctualRows:
    kind: Punctuality
    total: int
    rows: list[PunctualRow]


@dataclass(frozen=True)
class OnTime:
    total: int
    listed: list[PunctualRows]
    """Those with dates to show, each with its first rows; empty ones are left out."""
    others: list[tuple[Punctuality, int]]


class Completion(NamedTuple):
    due_on: date
    slug: str
    order: int
    number: int
    pk: int
    done: Completed


def on_time(
    milestones: "MilestoneQuerySet", on: date, counted_already: OverdueTally | None = None
) -> OnTime:
    """Counts of all, and the first rows; four queries and those of the names.

    `counted_already` is the tally of the same milestones, if the page has it.
    """
    counted: Counter[Punctuality] = Counter()
    for group in (counted_already or tally(milestones, on)).groups:
        if kind := of_group(group):
            counted[kind] += group.number
    found: dict[Punctuality, list[Completion]] = defaultdict(list)
    for one in completions(milestones):
        found[once_completed(one.done, one.due_on)].append(one)
    counted.update({kind: len(rows) for kind, rows in found.items()})
    first: dict[Punctuality, dict[int, Completed | None]] = {
        kind: {one.pk: one.done for one in heapq.nsmallest(FIRST_ROWS, found[kind])}
        for kind in LISTED
    }
    if counted[Punctuality.OVERDUE]:
        overdue = milestones.filter(timing_is(Timing.OVERDUE, on)).order_by(*NAMED)
        keys = overdue.values_list("pk", flat=True)[:FIRST_ROWS]
        first[Punctuality.OVERDUE] = dict.fromkeys(keys)
    rows = _with_reason(milestones).in_bulk([pk for head in first.values() for pk in head])
    return OnTime(
        total=sum(counted.values()),
        listed=[
            PunctualRows(
                kind, counted[kind], [_row(rows[pk], done, on) for pk, done in head.items()]
            )
            for kind, head in first.items()
            if head
        ],
        others=[(kind, counted[kind]) for kind in Punctuality if kind in {*counted} - {*LISTED}],
    )


NAMED = ("due_on", "commitment__slug", "order", "number")


def completions(milestones: "MilestoneQuerySet") -> Iterator[Completion]:
    """Yield of each milestone that has a due date and is completed when that was. One query."""
    corrections = ProgressUpdate.objects.published().filter(corrects=OuterRef("updates"))
    dated = milestones.filter(
        goes_on(),
        ~Exists(corrections),
        is_completed=True,
        due_on__isnull=False,
        updates__published_at__isnull=False,
    ).order_by("pk")
    read: Iterator[Any] = dated.values_list(
        *(*NAMED, "pk", "known_in", "updates__nations__code"),
        *("updates__as_of", "updates__recorded_at", "updates__pk"),
        *("updates__level", "updates__as_of_as_published"),
    ).iterator()
    for (*key, known_in), updates in groupby(read, itemgetter(slice(6))):
        here = defaultdict(list)
        for update in updates:
            here[update[6]].append(Said(*update[7:]))
        done = completed(here[code] for code in known.read(known_in))
        if done is not None:
            yield Completion._make([*key, done])


def _row(milestone: "Milestone", done: Completed | None, on: date) -> PunctualRow:
    end = done.as_of if done else on
    return PunctualRow(milestone, done, end - cast(date, milestone.due_on))


def _with_reason(milestones: "MilestoneQuerySet") -> "MilestoneQuerySet":
    """With the `reason`: the latest obstacle or why the due date last moved."""
    said = ProgressUpdate.objects.published().standing().filter(milestone=OuterRef("pk"))
    obstacles = said.exclude(obstacles="").order_by("-published_at", "-pk")
    moves = moves_of_due_date().exclude(reason="").reverse()
    is_obstacle_later = Q(moved_at=None) | Q(obstacle_at__gte=F("moved_at"))
    return milestones.annotate(
        obstacle_at=Subquery(obstacles.values("published_at")[:1]),
        moved_at=Subquery(moves.values("published_at")[:1]),
        reason=Case(
            When(is_obstacle_later, then=Subquery(obstacles.values("obstacles")[:1])),
            default=Subquery(moves.values("reason")[:1]),
        ),
    ).select_related("commitment")
