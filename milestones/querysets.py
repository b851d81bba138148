"""What is public of the progress that government reports, and the shapes in which pages read it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
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
)
from django.db.models.functions import Coalesce

from commitments.models import Commitment, Institution, Involvement, Nation
from milestones.conditions import amended_or, applies_in, goes_on, stands_at, timing_is
from milestones.days import Timing
from milestones.levels import LevelBasis, LevelCounts, Provenance
from milestones.models.update import ProgressUpdate
from milestones.models.update_queryset import ProgressUpdateQuerySet
from milestones.on_time import OnTime, on_time
from milestones.overdue import Overview, overview
from milestones.overdue_counts import tally
from ogp_tracker.common.relations import model_behind, prefetch_public
from ogp_tracker.common.visibility import PublicQuerySet

if TYPE_CHECKING:
    # Named only in a string, as a parameter.
    from milestones.models import Milestone  # noqa: F401


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

    def overdue(self, on: date) -> Self:
        return self.filter(timing_is(Timing.OVERDUE, on))

    def past_due(self, on: date) -> Self:
        return self.filter(timing_is(Timing.PAST_DUE, on))

    def stale(self, on: date) -> Self:
        return self.filter(timing_is(Timing.STALE, on))

    def not_completed_at_end(self, on: date) -> Self:
        return self.filter(timing_is(Timing.NOT_COMPLETED_AT_END, on))

    def behind_at_end(self, on: date) -> Self:
        return self.filter(timing_is(Timing.BEHIND_AT_END, on))

    def unknown_at_end(self, on: date) -> Self:
        return self.filter(timing_is(Timing.UNKNOWN_AT_END, on))

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

    def overdue_overview(self, on: date, *, each: int, nation: Nation | None = None) -> Overview:
        """For pages of the apps below: the first `each` rows of each section, and the numbers."""
        return overview(self, on, each, nation)

    def possibly_late(self, on: date) -> dict[str, int]:
        """How many `milestones` there are, of plans `running` on the date, and with a due date
        (`dated`): without any of these nobody can say that nothing is overdue. One query."""
        counted = tally(self, on)
        return {name: getattr(counted, name) for name in ("milestones", "running", "dated")}

    def on_time(self, on: date) -> OnTime:
        return on_time(self, on)

    def led_by(self, *institutions: Institution) -> Self:
        """Those that it leads itself; where nobody does, those of commitments that it leads."""
        parts = Involvement.objects.filter(
            commitment=OuterRef("commitment"),
            institution__in=institutions,
            role=Involvement.Role.LEAD,
        )
        return self.filter(Q(lead__in=institutions) | Q(Exists(parts), lead=None))

    def applying_in(self, nation: Nation) -> Self:
        return self.filter(applies_in(nation))

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
