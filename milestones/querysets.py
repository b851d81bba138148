"""What is public of the progress that government reports, and the shapes in which pages read it."""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from commitments.models import AmendmentState, Commitment, Institution, Involvement, Nation
from commitments.models.plan import PlanState
from milestones.conditions import (
    goes_on,
    is_completed,
    midnight,
    moves_of_due_date,
    parts_short_of_completed,
    parts_without,
    state_by_amendment,
)
from milestones.days import STALE_AFTER_MONTHS, Timing, months_before
from milestones.levels import NOT_REPORTED, Level, LevelCounts
from milestones.models.nation_progress import NationProgress
from milestones.models.update import ProgressUpdate
from milestones.models.update_queryset import ProgressUpdateQuerySet
from ogp_tracker.common.relations import prefetch_public
from ogp_tracker.common.visibility import PublicQuerySet

if TYPE_CHECKING:
    from milestones.models import Milestone


PLAN = "commitment__plan"


class MilestoneQuerySet(PublicQuerySet["Milestone"]):
    def get_by_natural_key(self, commitment: str, number: int) -> "Milestone":
        return self.get(commitment__slug=commitment, number=number)

    def completed(self) -> Self:
        return self.filter(is_completed())

    def going_on(self) -> Self:
        """Neither withdrawn, on hold nor merged, themselves or with their commitment."""
        return self.filter(goes_on())

    def overdue(self, on: date) -> Self:
        """Past their due date on `on`, of a current plan, not completed."""
        return self._unfinished(PlanState.CURRENT, on).filter(due_on__lt=on)

    def stale(self, on: date) -> Self:
        """Of a current plan, not completed, without an update in six months."""
        recent = ProgressUpdate.objects.published().filter(
            milestone=OuterRef("pk"),
            published_at__gte=midnight(months_before(on, STALE_AFTER_MONTHS)),
            published_at__lt=midnight(on + timedelta(days=1)),
        )
        return self._unfinished(PlanState.CURRENT, on).filter(~Exists(recent))

    def _unfinished(self, plan: PlanState, on: date) -> Self:
        """Not completed, and neither withdrawn, on hold nor merged."""
        return self.filter(plan.condition(on, PLAN), goes_on(), ~is_completed())

    def not_completed_at_end(self, on: date) -> Self:
        """Of plans closed on `on`, with a reported part that was not completed."""
        short = Exists(parts_short_of_completed())
        return self.filter(PlanState.CLOSED.condition(on, PLAN), goes_on(), short)

    def not_fully_reported_at_end(self, on: date) -> Self:
        """Of closed plans: no reported part was short of Completed, but some was never reported."""
        return self.filter(
            PlanState.CLOSED.condition(on, PLAN),
            goes_on(),
            ~Exists(parts_short_of_completed()),
            Exists(parts_without(~Q(level=NOT_REPORTED))),
        )

    def by_part(self) -> Self:
        """Return one row for each milestone and nation in scope, reported or not.

        The alias `part` is its progress there, if there is a row; `part_nation` is the nation,
        `part_applies` whether it is for that one to deliver. A later filter has to go by these two:
        one that begins with the alias would join all nations once more.
        """
        here = Q(nation_progress__nation=F("commitment__nations"))
        return self.filter(commitment__nations__isnull=False).annotate(
            part=FilteredRelation("nation_progress", condition=here),
            part_nation=F("commitment__nations"),
            part_applies=Coalesce(F("part__applies"), Value(True)),
        )

    def moved(self) -> Self:
        """Milestones whose due date has moved."""
        return self.filter(Exists(moves_of_due_date()))

    def led_by(self, institution: Institution) -> Self:
        parts = Involvement.objects.filter(
            commitment=OuterRef("commitment"), institution=institution, role=Involvement.Role.LEAD
        )
        return self.filter(Exists(parts))

    def applying_in(self, nation: Nation) -> Self:
        """Milestones that are for `nation` to deliver."""
        return self.filter(Exists(parts_without(Q(pk__in=[])).filter(nation=nation)))

    def unfinished_in(self, nation: Nation) -> Self:
        """Milestones of which the part in `nation` applies and is not completed."""
        return self.filter(Exists(parts_without(Q(level=Level.COMPLETED)).filter(nation=nation)))

    def late_first(self, on: date, *, each: int) -> Self:
        """Return milestones overdue, stale or not completed at the end on `on`, `each` of a kind.

        Rows carry `late_because`, the first of overdue, stale and not completed at the end that
        holds (a `Timing`), and `late_total`, how many there are of that kind. One query.
        """
        kinds = {
            Timing.OVERDUE: self.overdue(on),
            Timing.STALE: self.stale(on).exclude(due_on__lt=on),
            Timing.NOT_COMPLETED_AT_END: self.not_completed_at_end(on),
        }
        order = (F("due_on").asc(nulls_last=True), F("commitment__slug").asc(), F("number").asc())
        # A query for each kind: one condition that tells them apart would be worked out once for
        # the row, once for each number beside it, and once more to choose.
        first, *others = (
            rows.order_by()
            .select_related("commitment")
            .annotate(
                late_because=Value(str(name)),
                late_total=Window(Count("pk")),
                late_place=Window(RowNumber(), order_by=order),
            )
            .filter(late_place__lte=each)
            for name, rows in kinds.items()
        )
        return first.union(*others, all=True).order_by("late_because", "late_place")

    def with_part_at(self, level: str, *, nation: Nation | None = None) -> Self:
        """A part in scope; `level` "" is not reported. `nation` looks at its own part only.

        As in the counts, what is withdrawn, on hold or merged is at no level but that.
        """
        if level in AmendmentState.values:
            rows = self.annotate(by_amendment=state_by_amendment()).filter(by_amendment=level)
            return rows.applying_in(nation) if nation else rows
        if level:
            parts: QuerySet[Any] = NationProgress.objects.in_scope().filter(
                milestone=OuterRef("pk"), level=level
            )
        else:
            parts = parts_without(~Q(level=NOT_REPORTED))
        here = Exists(parts.filter(nation=nation) if nation else parts)
        return self.going_on().filter(here)

    def level_counts(self, *, by: str = "", nation: Nation | None = None) -> dict[Any, LevelCounts]:
        """Count the parts (a milestone in a nation in scope) of these milestones per level.

        `by` groups them: "nation", "commitment" or "commitment__plan"; without it the only
        key is None. `nation` counts the parts of one nation only. A key that is missing has no
        parts. What is withdrawn, on hold or merged is counted as that, whatever its level. Two
        queries, whatever the number of rows.
        """
        scope = Commitment.nations.through._default_manager.filter(commitment__milestones__in=self)
        reported = NationProgress.objects.in_scope().filter(milestone__in=self)
        if nation is not None:
            scope, reported = scope.filter(nation=nation), reported.filter(nation=nation)
        group = [by] if by else []
        reported_group = [by if by == "nation" else f"milestone__{by}"] if by else []

        counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        in_scope = scope.annotate(amended=state_by_amendment("commitment__milestones__"))
        for *key, amended, total in in_scope.values_list(*group, "amended").annotate(
            n=Count("commitment__milestones")
        ):
            counts[key[0] if by else None][amended or NOT_REPORTED] += total
        settled = reported.filter(Q(applies=False) | ~Q(level=NOT_REPORTED))
        for *key, amended, level, applies, number in (
            settled.order_by()
            .annotate(amended=state_by_amendment("milestone__"))
            .values_list(*reported_group, "amended", "level", "applies")
            .annotate(n=Count("pk"))
        ):
            group_counts = counts[key[0] if by else None]
            group_counts[amended or NOT_REPORTED] -= number
            if applies:
                group_counts[amended or level] += number
        return {key: LevelCounts.from_mapping(found) for key, found in counts.items()}

    def for_cells(self) -> Self:
        """With all that decides the level in each nation."""
        updates = ProgressUpdate.objects.published().prefetch_related("nations")
        return self.select_related("commitment").prefetch_related(
            "commitment__nations", "nation_progress__nation", Prefetch("updates", updates)
        )

    def for_list(self) -> Self:
        return self.select_related("commitment__plan").prefetch_related(
            "commitment__nations", "nation_progress"
        )

    def for_card(self) -> Self:
        return self.prefetch_related("nation_progress")

    def for_calendar(self) -> Self:
        """`edited_at`, `commitment_edited_at`: when texts were last edited, None if not known."""
        own = self.model.history.filter(id=OuterRef("pk"))
        whole = Commitment.history.filter(id=OuterRef("commitment"))
        return (
            self.select_related("commitment")
            .prefetch_related(prefetch_public(self.model, "commitment__amendments", "published"))
            .annotate(
                edited_at=Subquery(own.order_by("-history_date").values("history_date")[:1]),
                commitment_edited_at=Subquery(
                    whole.order_by("-history_date").values("history_date")[:1]
                ),
            )
        )

    def for_commitment_page(self) -> Self:
        return self.order_by("number").prefetch_related(
            "nation_progress",
            Prefetch("updates", queryset=ProgressUpdate.objects.public().for_commitment_page()),
            prefetch_public(self.model, "findings", "for_commitment_page"),
        )

    def for_page(self, updates: ProgressUpdateQuerySet | None = None) -> Self:
        """`updates` are others than those that the public may see, for a preview."""
        shown = ProgressUpdate.objects.public() if updates is None else updates
        return self.select_related("commitment__plan").prefetch_related(
            "commitment__nations",
            "nation_progress",
            prefetch_public(self.model, "commitment__amendments", "for_page"),
            prefetch_public(self.model, "merged_from", "of_something"),
            Prefetch("updates", queryset=shown.for_page()),
            prefetch_public(self.model, "findings", "for_page"),
        )
