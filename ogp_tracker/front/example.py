"""One promise as an example: one of which much is known, quoted, with what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from commitments.models import ActionPlan, Commitment
from commitments.promise import promise_in
from irm.models import Assessment
from irm.spoken import Spoken, SpokenCounts, of_kind
from milestones.levels import LevelBasis
from milestones.models import Milestone, NationProgress

PREFERRED = (
    Spoken.BOTH,
    Spoken.ASSESSOR_AND_READ,
    Spoken.GOVERNMENT,
    Spoken.ASSESSOR,
    Spoken.READ,
)
"""There is most to show of the first."""

PLANS_LOOKED_AT = 3
MILESTONES_SHOWN = 4


@dataclass(frozen=True)
class Example:
    commitment: Commitment
    spoken: Spoken
    quoted: str
    milestones: list[Milestone]
    more: int
    """How many milestones it has that are not shown."""
    said_of_whole: list[NationProgress]

    @property
    def has_readings(self) -> bool:
        cells = [cell for milestone in self.milestones for cell in milestone.cells()]
        return any(cell.level_basis == LevelBasis.READ for cell in [*cells, *self.said_of_whole])


def example_of(
    plans: Iterable[ActionPlan], counts: Mapping[int | None, SpokenCounts]
) -> Example | None:
    """Choose by `PREFERRED`, then the newest plan, then a text to quote, then most that is known.

    `plans` are all, the newest first. Only the few that can hold it are looked into.
    """
    kind = next((one for one in PREFERRED if any(of[one] for of in counts.values())), None)
    if kind is None:
        return None
    holding = [plan.pk for plan in plans if plan.pk in counts and counts[plan.pk][kind]]
    chosen = _candidates(holding[:PLANS_LOOKED_AT], kind).first()
    if chosen is None:
        return None
    milestones = Milestone.objects.public().filter(commitment=chosen).order_by("order", "number")
    recorded = list(milestones.for_list())
    whole = NationProgress.objects.public().of_government().filter(milestone=None)
    return Example(
        commitment=chosen,
        spoken=kind,
        quoted=promise_in(chosen.objective),
        milestones=recorded[:MILESTONES_SHOWN],
        more=len(recorded[MILESTONES_SHOWN:]),
        said_of_whole=list(whole.filter(commitment=chosen).select_related("nation")),
    )


def _candidates(plans: list[int], kind: Spoken) -> QuerySet[Commitment]:
    known = NationProgress.objects.filter(commitment=OuterRef("pk"), update__isnull=False)
    number = known.order_by().values("commitment").annotate(n=Count("pk")).values("n")
    places = (When(plan=key, then=Value(place)) for place, key in enumerate(plans))
    rows = of_kind(Commitment.objects.public().filter(plan__in=plans), kind)
    return (
        rows.annotate(place=Case(*places, default=Value(len(plans))), known=Subquery(number))
        .select_related("plan")
        .prefetch_related(
            "nations", Prefetch("assessments", Assessment.objects.public().for_list())
        )
        .order_by("place", Case(When(Q(objective=""), then=1), default=0), "-known", "slug")
    )
