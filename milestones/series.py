"""Milestones by reporting round: what government's documents say of each, from first to last."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate, groupby
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef

from commitments.models import ActionPlan, Commitment, Nation
from milestones.models import Milestone, ProgressUpdate
from milestones.models.update_queryset import ProgressUpdateQuerySet

MILESTONES = 15
ROUNDS = 10
UPDATES = 60
PLANS = 10


@dataclass(frozen=True)
class SeriesCell:
    """What was said of a milestone in one round."""

    when: str
    updates: list[ProgressUpdate]
    run: str
    """ "run" from the first round with an update to the last but one, "run-end" at the last."""


@dataclass(frozen=True)
class Series:
    plan: ActionPlan
    rounds: list[str]
    """As-of dates in the words of their source, earliest first."""
    groups: list[tuple[Commitment, list[tuple[Milestone, list[SeriesCell]]]]]
    total: int
    """How many milestones have such an update, shown or not."""
    names_nations: bool
    is_cut: bool = False
    """Whether there were earlier rounds than those shown."""
    earlier: list[ActionPlan] = field(default_factory=list)
    """Other plans with updates on milestones, newest first."""

    @property
    def shown(self) -> int:
        return sum(len(rows) for _commitment, rows in self.groups)


def series_of_plan(plan: ActionPlan, nation: Nation | None = None) -> Series | None:
    """None without any update. At most four queries.

    Of more than `MILESTONES`, or `UPDATES`, those with most rounds are shown, and of their rounds
    the latest.
    """
    updates = _updates(nation).filter(commitment__plan=plan)
    with_most = (
        updates.order_by()
        .values_list("milestone")
        .annotate(rounds=Count("as_of", distinct=True), last=Max("as_of"), number=Count("pk"))
        .order_by("-rounds", "-last", "milestone")
    )
    found = list(with_most[: MILESTONES + 1])
    if not found:
        return None
    so_far = accumulate(number for *_others, number in found)
    fitting = [row[0] for row, number in zip(found, so_far, strict=True) if number <= UPDATES]
    chosen = fitting[:MILESTONES] or [found[0][0]]
    shown = updates.filter(milestone__in=chosen)
    latest = shown.select_related("commitment", "milestone__commitment").order_by("-as_of")
    if nation is None:
        latest = latest.prefetch_related("nations")
    said = list(latest[:UPDATES])
    days = sorted({update.day for update in said}, reverse=True)
    rows = sorted((one for one in said if one.day in days[:ROUNDS]), key=_place)
    total = len(found) if len(found) <= MILESTONES else with_most.count()
    arranged = arrange(plan, rows, total=total, nation=nation)
    return replace(arranged, is_cut=len(days) > ROUNDS)


def series_in(nation: Nation) -> Series | None:
    """That of the newest plan of which government has reported in the nation."""
    said = _updates(nation).filter(commitment__plan=OuterRef("pk"))
    plans = ActionPlan.objects.filter(Exists(said))
    newest = list(plans.order_by(F("end_date").desc(nulls_last=True), "title")[: PLANS + 1])
    found = series_of_plan(newest[0], nation) if newest else None
    if found:
        found.earlier.extend(newest[1:])
    return found


def arrange(
    plan: ActionPlan, updates: list[ProgressUpdate], *, total: int, nation: Nation | None = None
) -> Series:
    """`updates` are in the order of their milestones, each with its earliest first."""
    words = {one.day: one.as_of_in_words for one in updates}
    days = sorted(words)
    groups = [
        (
            commitment,
            [
                (milestone, _cells(said, days, words))
                for milestone, said in groupby(mine, key=lambda one: one.milestone)
                if milestone
            ],
        )
        for commitment, mine in groupby(updates, key=lambda one: one.commitment)
    ]
    names = nation is None and len({_nations(update) for update in updates}) > 1
    return Series(
        plan=plan,
        rounds=[words[day] for day in days],
        groups=groups,
        total=total,
        names_nations=names,
    )


def _nations(update: ProgressUpdate) -> tuple[int, ...]:
    return tuple(nation.pk for nation in update.nations.all())


def _place(update: ProgressUpdate) -> tuple[Any, ...]:
    """In the order of the plan, then of time."""
    commitment, milestone = update.commitment, update.milestone
    order = (commitment.order is None, commitment.order, commitment.slug)
    inside = (milestone.order, milestone.number) if milestone else ()
    return (*order, *inside, update.day, update.recorded_at, update.pk)


def _cells(
    updates: Iterable[ProgressUpdate], days: list[date], words: dict[date, str]
) -> list[SeriesCell]:
    said: dict[date, list[ProgressUpdate]] = defaultdict(list)
    for update in updates:
        said[update.day].append(update)
    first, last = min(said), max(said)

    def run(day: date) -> str:
        if first == last or not first <= day <= last:
            return ""
        return "run-end" if day == last else "run"

    return [SeriesCell(words[day], said.get(day, []), run(day)) for day in days]


def _updates(nation: Nation | None) -> ProgressUpdateQuerySet:
    """Government's own, about milestones, that no later one corrects."""
    rows = ProgressUpdate.objects.public().of_government().standing()
    rows = rows.filter(milestone__isnull=False, as_of__isnull=False)
    return rows.said_in(nation) if nation else rows
