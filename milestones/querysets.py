"""What is public of the progress that government reports, and the shapes in which pages read it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.sql.datastructures import Join

from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.models.amended import GOES_ON
from milestones.conditions import amended_or, applies_in, goes_on
from milestones.levels import LevelCounts
from milestones.levels_in import SIGN_OF, levels_in
from milestones.models.update import ProgressUpdate
from milestones.models.update_queryset import ProgressUpdateQuerySet
from milestones.on_time import OnTime, on_time
from milestones.overdue import Overview, overview
from milestones.overdue_counts import OverdueTally
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
    def going_on(self) -> Self:
        return self.filter(goes_on())

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

    def on_time(self, on: date, counted_already: OverdueTally | None = None) -> OnTime:
        return on_time(self, on, counted_already)

    def led_by(self, *institutions: Institution) -> Self:
        """Those that it leads itself; where nobody does, those of commitments that it leads."""
        led = Involvement.objects.filter(institution__in=institutions, role=Involvement.Role.LEAD)
        commitments = led.order_by().values("commitment")
        return self.filter(Q(lead__in=institutions) | Q(commitment__in=commitments, lead=None))

    def applying_in(self, nation: Nation) -> Self:
        return self.filter(applies_in(nation))

    def standing_at(self, *standings: str, nations: Collection[Nation] = ()) -> Self:
        """As in the counts, what is withdrawn, on hold or merged is at no level but that."""
        if not nations:
            return self.annotate(standing=amended_or(F("overall"))).filter(standing__in=standings)
        found = Q(pk__in=())
        for nation, standing in product(nations, standings):
            sign = SIGN_OF.get(standing, "")
            here = Q(levels_in__contains=f" {nation.code}:{sign}")
            found |= here & Q(standing=GOES_ON if sign else standing)
        return self.annotate(standing=amended_or(Value(GOES_ON))).filter(found)

    def level_counts(self, *, by: str = "", nation: Nation | None = None) -> dict[Any, LevelCounts]:
        """Count these milestones by overall level, those of one `nation` by their level there.

        `by` groups them: "nation" (then each counts by its level there), "commitment" or
        "commitment__plan"; without it the only key is None. A key that is missing has no
        milestones. What is withdrawn, on hold or merged is counted as that, whatever its level.
        One query, by nation two, whatever the number of rows.
        """
        if nation is None and by != "nation":
            told = Q(last_reported_on=None)
            rows = self._once().annotate(standing=amended_or(F("overall")), is_told=told)
            found = _grouped(rows, by, "standing", "overall_is_read", "is_told")
        else:
            found = self._levels_in_nations(by, nation)
        counts: dict[Any, Counter[tuple[Any, ...]]] = defaultdict(Counter)
        for key, *said, number in found:
            counts[key][tuple(said)] += number
        return {key: LevelCounts.of(said) for key, said in counts.items()}

    def _levels_in_nations(self, by: str, only: Nation | None) -> Iterator[tuple[Any, ...]]:
        keys = dict(Nation.objects.values_list("code", "pk")) if by == "nation" else {}
        rows = self._once().annotate(standing=amended_or(Value(GOES_ON)))
        group = "" if by == "nation" else by
        for key, state, text, number in _grouped(rows, group, "standing", "levels_in"):
            for code, level in levels_in(text).items():
                if only is None or code == only.code:
                    said = (state or level.standing, level.is_read, level.is_told)
                    yield keys.get(code, key), *said, number

    def _once(self) -> Self:
        """Afresh if a filter joins many rows to one, so that none is counted twice."""
        joins: list[Any] = [one for one in self.query.alias_map.values() if isinstance(one, Join)]
        if not any(one.join_field.one_to_many for one in joins):
            return self.order_by()
        afresh: Any = self.model._default_manager.filter(pk__in=self.order_by().values("pk"))
        return afresh

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
        # The nations of the commitment have their order: that of the model would join four tables.
        cells = model_behind(self.model, "nation_progress").objects.order_by()
        return self.order_by("order", "number").prefetch_related(
            Prefetch("nation_progress", cells),
            Prefetch("updates", queryset=ProgressUpdate.objects.published().for_commitment_page()),
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


def _grouped(rows: QuerySet[Any], by: str, *said: str) -> Iterator[tuple[Any, ...]]:
    """The value of `by`, None without it, what is said, and of how many rows."""
    group = (by, *said) if by else said
    for row in rows.order_by().values_list(*group).annotate(n=Count("pk")):
        yield row if by else (None, *row)
