"""What is public of the progress that government reports, and the shapes in which pages read it."""

from collections import defaultdict
from collections.abc import Collection
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
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.models.plan import PlanState
from milestones.conditions import (
    amended_or,
    awaited_before,
    goes_on,
    is_short,
    midnight,
    moves_of_due_date,
    parts_without,
    stands_at,
)
from milestones.days import STALE_AFTER_MONTHS, Timing, months_before
from milestones.levels import Level, LevelBasis, LevelCounts, Provenance
from milestones.models.update import ProgressUpdate
from milestones.models.update_queryset import ProgressUpdateQuerySet
from ogp_tracker.common.relations import model_behind, prefetch_public
from ogp_tracker.common.visibility import PublicQuerySet

if TYPE_CHECKING:
    # Named only in a string, as a parameter.
    from milestones.models import Milestone  # noqa: F401


PLAN = "commitment__plan"

CALENDAR = (
    *("number", "label", "text", "due_on", "due_as_published"),
    *("commitment__slug", "commitment__ogp_id", "commitment__title"),
)
"""What a calendar reads of a milestone."""


class MilestoneQuerySet(PublicQuerySet["Milestone"]):
    def completed(self) -> Self:
        return self.filter(is_completed=True)

    def going_on(self) -> Self:
        return self.filter(goes_on())

    def past_due_date(self, on: date) -> Self:
        """Of a current plan, not completed: overdue, or nobody knows."""
        return self._unfinished(PlanState.CURRENT, on).filter(due_on__lt=on)

    def overdue(self, on: date, nation: Nation | None = None) -> Self:
        return self.past_due_date(on).filter(is_short(nation))

    def past_due(self, on: date, nation: Nation | None = None) -> Self:
        """Past their due date, and in no nation, or not in this one, known to be short."""
        return self.past_due_date(on)._not_short(nation)

    def _not_short(self, nation: Nation | None) -> Self:
        rows = self.filter(~is_short(nation))
        return rows.unfinished_in(nation) if nation else rows

    def stale(self, on: date) -> Self:
        """Of a current plan, not completed, awaited and without an update for six months."""
        since = months_before(on, STALE_AFTER_MONTHS)
        recent = (
            ProgressUpdate.objects.of_government()
            .published()
            .filter(
                milestone=OuterRef("pk"),
                published_at__gte=midnight(since),
                published_at__lt=midnight(on + timedelta(days=1)),
            )
        )
        awaited = self._unfinished(PlanState.CURRENT, on).filter(awaited_before(since))
        return awaited.filter(~Exists(recent))

    def _unfinished(self, plan: PlanState, on: date) -> Self:
        return self.filter(plan.condition(on, PLAN), goes_on(), is_completed=False)

    def closed(self, on: date) -> Self:
        return self.filter(PlanState.CLOSED.condition(on, PLAN), goes_on())

    def not_completed_at_end(self, on: date, nation: Nation | None = None) -> Self:
        return self.closed(on).filter(is_short(nation))

    def not_fully_reported_at_end(self, on: date, nation: Nation | None = None) -> Self:
        """None, or not this one, was short of Completed, but of some nation nothing is known."""
        unheard = parts_without(Q(update__isnull=False))
        unheard = unheard.filter(nation=nation) if nation else unheard
        return self.closed(on)._not_short(nation).filter(Exists(unheard))

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
        return self.filter(Exists(moves_of_due_date()))

    def led_by(self, *institutions: Institution) -> Self:
        """Those that it leads itself; where nobody does, those of commitments that it leads."""
        parts = Involvement.objects.filter(
            commitment=OuterRef("commitment"),
            institution__in=institutions,
            role=Involvement.Role.LEAD,
        )
        return self.filter(Q(lead__in=institutions) | Q(Exists(parts), lead=None))

    def applying_in(self, nation: Nation) -> Self:
        return self.filter(Exists(parts_without(Q(pk__in=[])).filter(nation=nation)))

    def unfinished_in(self, nation: Nation) -> Self:
        return self.filter(Exists(parts_without(Q(level=Level.COMPLETED)).filter(nation=nation)))

    def possibly_late(self, on: date) -> dict[str, int]:
        """How many `milestones` there are, of plans `running` on the date, and with a due date
        (`dated`): without any of these nobody can say that nothing is overdue. One query."""
        running = PlanState.CURRENT.condition(on, PLAN)
        counts: dict[str, int] = self.order_by().aggregate(
            milestones=Count("pk"),
            running=Count("pk", filter=running),
            dated=Count("pk", filter=running & Q(due_on__isnull=False)),
        )
        return counts

    def overdue_first(self, on: date, *, each: int, nation: Nation | None = None) -> Self:
        """Return the first `each` milestones of each timing on `on`; all, or those of a nation.

        Rows carry `overdue_because`, the first `Timing` that holds, and `overdue_total`, how many
        there are of it. One query.
        """
        unfinished = self.unfinished_in(nation) if nation else self
        kinds = {
            Timing.OVERDUE: self.overdue(on, nation),
            Timing.PAST_DUE: self.past_due(on, nation),
            Timing.STALE: unfinished.stale(on).exclude(due_on__lt=on),
            Timing.NOT_COMPLETED_AT_END: self.not_completed_at_end(on, nation),
        }
        place = (F("commitment__slug").asc(), F("order").asc(), F("number").asc())
        order = (F("due_on").asc(nulls_last=True), *place)
        # A query for each kind: one condition that tells them apart would be worked out once for
        # the row, once for each number beside it, and once more to choose.
        first, *others = (
            rows.order_by()
            .select_related("commitment")
            .annotate(
                overdue_because=Value(str(name)),
                overdue_total=Window(Count("pk")),
                overdue_place=Window(RowNumber(), order_by=order),
            )
            .filter(overdue_place__lte=each)
            for name, rows in kinds.items()
        )
        return first.union(*others, all=True).order_by("overdue_because", "overdue_place")

    def standing_at(self, *standings: str, nations: Collection[Nation] = ()) -> Self:
        """As in the counts, what is withdrawn, on hold or merged is at no level but that."""
        if not nations:
            return self._standing_overall().filter(standing__in=standings)
        codes = [nation.pk for nation in nations]
        here = self._standing().filter(part_nation__in=codes, part_applies=True)
        return self.filter(pk__in=here.filter(standing__in=standings).values("pk"))

    def _standing_overall(self) -> Self:
        return self.annotate(standing=amended_or(F("overall")))

    def _standing(self) -> Self:
        """`by_part` with the level there, as an `Overall`, and whether it is our reading."""
        return self.by_part().annotate(
            standing=amended_or(stands_at("part")),
            is_read=Q(part__level_basis=LevelBasis.READ),
            is_told=Q(part__provenance=Provenance.ASSESSOR_REPORT),
        )

    def level_counts(self, *, by: str = "", nation: Nation | None = None) -> dict[Any, LevelCounts]:
        """Count these milestones by overall level, those of one `nation` by their level there.

        `by` groups them: "nation" (then each counts by its level there), "commitment" or
        "commitment__plan"; without it the only key is None. A key that is missing has no
        milestones. What is withdrawn, on hold or merged is counted as that, whatever its level.
        One query, whatever the number of rows.
        """
        # Afresh, so that a filter that joins many rows to one counts none twice.
        once: Any = self.model._default_manager.filter(pk__in=self.order_by().values("pk"))
        if nation is None and by != "nation":
            rows = once._standing_overall().annotate(
                is_read=F("overall_is_read"), is_told=Q(last_reported_on=None)
            )
        else:
            rows = once._standing().filter(part_applies=True)
            rows = rows.filter(part_nation=nation.pk) if nation else rows
        group = ["part_nation" if by == "nation" else by] if by else []
        group += ["standing", "is_read", "is_told"]
        counts: dict[Any, dict[tuple[str, bool, bool], int]] = defaultdict(dict)
        for *key, standing, is_read, is_told, number in (
            rows.order_by().values_list(*group).annotate(n=Count("pk"))
        ):
            found = counts[key[0] if by else None]
            # A nation without a row makes of these NULL, and not false.
            at = (standing, bool(is_read), bool(is_told))
            found[at] = found.get(at, 0) + number
        return {key: LevelCounts.of(found) for key, found in counts.items()}

    def for_cells(self) -> Self:
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
        """With the `moves` of their due dates, and when texts were last edited, None if not known:
        `edited_at`, `commitment_edited_at`."""
        moves = model_behind(self.model, "amendments").objects.moves()
        own = self.model.history.filter(id=OuterRef("pk"))
        whole = Commitment.history.filter(id=OuterRef("commitment"))
        return (
            self.select_related("commitment")
            .only(*CALENDAR)
            .prefetch_related(Prefetch("amendments", moves, to_attr="moves"))
            .annotate(
                edited_at=Subquery(own.order_by("-history_date").values("history_date")[:1]),
                commitment_edited_at=Subquery(
                    whole.order_by("-history_date").values("history_date")[:1]
                ),
            )
        )

    def for_commitment_page(self) -> Self:
        return self.order_by("order", "number").prefetch_related(
            "nation_progress",
            Prefetch("updates", queryset=ProgressUpdate.objects.public().for_commitment_page()),
            prefetch_public(self.model, "findings", "for_commitment_page"),
        )

    def for_page(self, updates: ProgressUpdateQuerySet | None = None) -> Self:
        """`updates` are others than those that the public may see, for a preview."""
        shown = ProgressUpdate.objects.public() if updates is None else updates
        rows = self.select_related("commitment__plan", "lead").defer("lead__team_mailbox")
        return rows.prefetch_related(
            "commitment__nations",
            "nation_progress",
            prefetch_public(self.model, "commitment__amendments", "for_page"),
            prefetch_public(self.model, "merged_from", "of_something"),
            Prefetch("updates", queryset=shown.for_page()),
            prefetch_public(self.model, "findings", "for_page"),
        )
