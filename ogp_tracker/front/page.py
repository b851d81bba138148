"""What the front page and the page of the nations show."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Nation
from commitments.models.plan import PlanState
from irm.spoken import PROGRESS_KNOWN, Spoken, SpokenByPlan, SpokenCounts, spoken_by_plan
from milestones.models import ProgressUpdate
from ogp_tracker.front.chart import NARROW, WIDE, draw
from ogp_tracker.front.doors import doors
from ogp_tracker.front.example import example_of
from ogp_tracker.front.lanes import is_of_the_uk, lanes_of

LATEST_ROWS = 4


@dataclass(frozen=True)
class Tile:
    """A nation, with its promises, in the place where it lies on the map."""

    nation: Nation
    counts: SpokenCounts
    plans: int

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def known(self) -> int:
        return sum(self.counts[kind] for kind in PROGRESS_KNOWN)


def front_page(on: date) -> dict[str, Any]:
    nations = list(Nation.objects.public().order_by("position"))
    found = spoken_by_plan(Commitment.objects.public(), nations)
    tiles = tiles_of(nations, found)
    counts = sum((of for _plan, _nations, of in found), start=SpokenCounts())
    return {
        "counts": counts,
        "total": counts.total(),
        "both": counts[Spoken.BOTH],
        "tiles": tiles,
        "tiles_total": sum(tile.total for tile in tiles),
        "doors": doors(on),
        "log": ProgressUpdate.objects.public().of_government().newest(LATEST_ROWS),
        **_in_time(found, nations, on),
    }


def _in_time(found: SpokenByPlan, nations: list[Nation], on: date) -> dict[str, Any]:
    """The plans, their drawings, and the example, which is marked there."""
    counts: dict[int | None, SpokenCounts] = defaultdict(SpokenCounts)
    nations_of: dict[int | None, set[int]] = defaultdict(set)
    for plan, delivered_in, of in found:
        counts[plan] += of
        nations_of[plan] |= delivered_in
    unplanned = counts.pop(None, SpokenCounts())
    newest_first = (F("end_date").desc(nulls_last=True), "title")
    every = ActionPlan.objects.public().order_by(*newest_first)
    plans = [plan for plan in every if plan.pk in counts]
    example = example_of(plans, counts)
    pinned = (example.commitment.plan_id, example.spoken) if example else None
    lanes = lanes_of(plans, counts, _only_members(nations, nations_of), pinned)
    drawings = (draw(lanes.shown, on, shape, _("our example")) for shape in (WIDE, NARROW))
    closed = [plan.end_date for plan in plans if plan.end_date and plan.end_date < on]
    return {
        "is_uk": _are_of_the_uk(plans, unplanned),
        "lanes": lanes,
        "unplanned": unplanned,
        "unplanned_total": unplanned.total(),
        "drawings": [one for one in drawings if one],
        "example": example,
        "running": sum(plan.state(on) == PlanState.CURRENT for plan in plans),
        "last_closed": max(closed, default=None),
    }


def nation_tiles() -> list[Tile]:
    """Two queries."""
    nations = list(Nation.objects.public().order_by("position"))
    return tiles_of(nations, spoken_by_plan(Commitment.objects.public(), nations))


def tiles_of(
    nations: list[Nation], found: list[tuple[int | None, set[int], SpokenCounts]]
) -> list[Tile]:
    counts: dict[int, SpokenCounts] = defaultdict(SpokenCounts)
    plans: dict[int, set[int]] = defaultdict(set)
    for plan, delivered_in, of in found:
        for nation in delivered_in:
            counts[nation] += of
            plans[nation] |= {plan} if plan else set()
    return [Tile(one, counts[one.pk], len(plans[one.pk])) for one in nations]


def _only_members(
    nations: list[Nation], nations_of: Mapping[int | None, set[int]]
) -> dict[int | None, str]:
    """The member of the only nation in which the commitments of a plan are delivered, by plan."""
    members = {nation.pk: nation.member for nation in nations}
    return {plan: members[next(iter(keys))] for plan, keys in nations_of.items() if len(keys) == 1}


def _are_of_the_uk(plans: list[ActionPlan], unplanned: SpokenCounts) -> bool:
    """Whether every promise was made by the United Kingdom or one of its nations."""
    members = {plan.member for plan in plans}
    if unplanned:
        rows = Commitment.objects.public().filter(plan=None).order_by()
        members |= set(rows.values_list("member_as_published", flat=True).distinct())
    return bool(members) and all(map(is_of_the_uk, members))
