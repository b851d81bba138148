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
from irm.spoken import PROGRESS_KNOWN, SpokenCounts, spoken_counts
from milestones.models import ProgressUpdate
from ogp_tracker.front.chart import NARROW, WIDE, draw
from ogp_tracker.front.doors import doors
from ogp_tracker.front.example import example_of
from ogp_tracker.front.lanes import is_of_the_uk, lanes_of

LATEST_ROWS = 4

ByNationAndPlan = Mapping[tuple[int | None, ...], SpokenCounts]


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
    public = Commitment.objects.public()
    by_plan = spoken_counts(public, "plan")
    by_nation = spoken_counts(public, "nations", "plan")
    nations = list(Nation.objects.public().order_by("position"))
    plans = list(ActionPlan.objects.public().order_by(F("end_date").desc(nulls_last=True), "title"))
    counts = {plan: of for (plan,), of in by_plan.items() if plan is not None}
    counts_of_all = sum(by_plan.values(), start=SpokenCounts())
    unplanned = by_plan[None,].total()
    example = example_of(plans, counts)
    pinned = (example.commitment.plan_id, example.spoken) if example else None
    lanes = lanes_of(plans, counts, _nations_of(nations, by_nation), pinned)
    drawings = [draw(lanes.shown, on, shape, _("our example")) for shape in (WIDE, NARROW)]
    tiles = tiles_of(nations, by_nation)
    return {
        "counts": counts_of_all,
        "total": counts_of_all.total(),
        "is_uk": _are_of_the_uk([plan for plan in plans if plan.pk in counts], unplanned),
        "lanes": lanes,
        "unplanned": by_plan[None,],
        "drawings": [one for one in drawings if one],
        "example": example,
        "tiles": tiles,
        "tiles_total": sum(tile.total for tile in tiles),
        "doors": doors(on),
        "running": sum(plan.state(on) == PlanState.CURRENT for plan in plans),
        "last_closed": max(
            (plan.end_date for plan in plans if plan.end_date and plan.end_date < on), default=None
        ),
        "log": ProgressUpdate.objects.public().of_government().for_log()[:LATEST_ROWS],
    }


def nation_tiles() -> list[Tile]:
    """Two queries."""
    counts = spoken_counts(Commitment.objects.public(), "nations", "plan")
    return tiles_of(Nation.objects.public().order_by("position"), counts)


def tiles_of(nations: Any, counts: ByNationAndPlan) -> list[Tile]:
    found: dict[int, SpokenCounts] = defaultdict(SpokenCounts)
    plans: dict[int, int] = defaultdict(int)
    for (nation, plan), of in counts.items():
        if nation is not None:
            found[nation] += of
            plans[nation] += plan is not None
    return [Tile(nation, found[nation.pk], plans[nation.pk]) for nation in nations]


def _nations_of(nations: list[Nation], counts: ByNationAndPlan) -> dict[int, set[Nation]]:
    by_key = {nation.pk: nation for nation in nations}
    found: dict[int, set[Nation]] = defaultdict(set)
    for nation, plan in counts:
        if plan is not None and nation in by_key:
            found[plan].add(by_key[nation])
    return found


def _are_of_the_uk(plans: list[ActionPlan], unplanned: int) -> bool:
    """Whether every promise was made by the United Kingdom or one of its nations."""
    members = {plan.member for plan in plans}
    if unplanned:
        rows = Commitment.objects.public().filter(plan=None).order_by()
        members |= set(rows.values_list("member_as_published", flat=True).distinct())
    return bool(members) and all(map(is_of_the_uk, members))
