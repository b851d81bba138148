"""What is public of the progress that government reports, and the shapes in which pages read it."""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.reach import prefetch_behind
from commitments.rights import Rights
from milestones.conditions import (
    is_completed,
    midnight,
    parts_short_of_completed,
    parts_without,
    plan_is_closed,
    plan_is_current,
)
from milestones.days import STALE_AFTER_MONTHS, Timing, months_before
from milestones.levels import NOT_REPORTED, Level, LevelCounts

if TYPE_CHECKING:
    from milestones.models import (
        DueDateChange,  # noqa: F401  (named below in quotes)
        Evidence,
        Milestone,
        NationProgress,
        ProgressUpdate,
        UpdateStep,  # noqa: F401  (named below in quotes)
    )


class MilestoneQuerySet(QuerySet["Milestone"]):
    """Milestones; they are public with their commitment."""

    def get_by_natural_key(self, commitment: str, number: int) -> "Milestone":
        """Return the milestone that a fixture names."""
        return self.get(commitment__slug=commitment, number=number)

    def public(self) -> Self:
        """Return what readers may see."""
        return self.filter(commitment__in=Commitment.objects.public())

    def completed(self) -> Self:
        """Return milestones that every nation in scope has reported as completed."""
        return self.filter(is_completed())

    def overdue(self, on: date) -> Self:
        """Return milestones past their due day on `on`, of a current plan, not completed."""
        return self.filter(plan_is_current(on), ~is_completed(), due_on__lt=on)

    def stale(self, on: date) -> Self:
        """Return uncompleted milestones of a current plan without an update in six months."""
        from milestones.models import ProgressUpdate

        recent = ProgressUpdate.objects.published().filter(
            milestone=OuterRef("pk"),
            published_at__gte=midnight(months_before(on, STALE_AFTER_MONTHS)),
            published_at__lt=midnight(on + timedelta(days=1)),
        )
        return self.filter(plan_is_current(on), ~is_completed(), ~Exists(recent))

    def not_completed_at_end(self, on: date) -> Self:
        """Return milestones of plans closed on `on` of which a reported part was not completed."""
        return self.filter(plan_is_closed(on), Exists(parts_short_of_completed()))

    def not_fully_reported_at_end(self, on: date) -> Self:
        """Return milestones of plans closed on `on` that may or may not have been completed.

        No reported part was short of Completed, but some part was never reported.
        """
        return self.filter(
            plan_is_closed(on),
            ~Exists(parts_short_of_completed()),
            Exists(parts_without(~Q(level=NOT_REPORTED))),
        )

    def by_part(self) -> Self:
        """Return one row for each milestone and nation in scope, reported or not.

        The alias `part` is where it stands there, if a row says so; `part_nation` is the nation,
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
        """Return milestones of which the due day has moved."""
        from milestones.models import DueDateChange

        return self.filter(Exists(DueDateChange.objects.filter(milestone=OuterRef("pk"))))

    def led_by(self, institution: Institution) -> Self:
        """Return milestones of commitments that the institution leads."""
        parts = Involvement.objects.filter(
            commitment=OuterRef("commitment"),
            institution=institution,
            role=Involvement.Role.LEAD,
        )
        return self.filter(Exists(parts))

    def applying_in(self, nation: Nation) -> Self:
        """Return milestones that are for `nation` to deliver."""
        return self.filter(Exists(parts_without(Q(pk__in=[])).filter(nation=nation)))

    def unfinished_in(self, nation: Nation) -> Self:
        """Return milestones of which the part in `nation` applies and is not completed."""
        return self.filter(Exists(parts_without(Q(level=Level.COMPLETED)).filter(nation=nation)))

    def late_first(self, on: date, *, each: int) -> Self:
        """Return the milestones of which the clock says something on `on`, `each` of a kind.

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
        """Return milestones of which a part in scope is at `level`, or not reported if it is "".

        `nation` looks at the part of one nation only.
        """
        from milestones.models import NationProgress

        if level:
            parts: QuerySet[Any] = NationProgress.objects.in_scope().filter(
                milestone=OuterRef("pk"), level=level
            )
        else:
            parts = parts_without(~Q(level=NOT_REPORTED))
        return self.filter(Exists(parts.filter(nation=nation) if nation else parts))

    def level_counts(self, *, by: str = "", nation: Nation | None = None) -> dict[Any, LevelCounts]:
        """Count the parts (a milestone in a nation in scope) of these milestones per level.

        `by` groups them: "nation", "commitment" or "commitment__plan"; without it the only
        key is None. `nation` counts the parts of one nation only. A key that is missing has no
        parts. Two queries, whatever the number of rows.
        """
        from milestones.models import NationProgress

        scope = Commitment.nations.through._default_manager.filter(commitment__milestones__in=self)
        reported = NationProgress.objects.in_scope().filter(milestone__in=self)
        if nation is not None:
            scope, reported = scope.filter(nation=nation), reported.filter(nation=nation)
        group = [by] if by else []
        reported_group = [by if by == "nation" else f"milestone__{by}"] if by else []

        counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for *key, total in scope.values_list(*group).annotate(n=Count("commitment__milestones")):
            counts[key[0] if by else None][NOT_REPORTED] += total
        settled = reported.filter(Q(applies=False) | ~Q(level=NOT_REPORTED))
        for *key, level, applies, number in (
            settled.order_by()
            .values_list(*reported_group, "level", "applies")
            .annotate(n=Count("pk"))
        ):
            group_counts = counts[key[0] if by else None]
            group_counts[NOT_REPORTED] -= number
            if applies:
                group_counts[level] += number
        return {key: LevelCounts.from_mapping(found) for key, found in counts.items()}

    def for_cells(self) -> Self:
        """Return milestones with all that decides where they stand in the nations."""
        from milestones.models import ProgressUpdate

        updates = ProgressUpdate.objects.published().prefetch_related("nations")
        return self.select_related("commitment").prefetch_related(
            "commitment__nations", "nation_progress__nation", Prefetch("updates", updates)
        )

    def for_list(self) -> Self:
        """Return milestones with what a line in a list shows."""
        return self.select_related("commitment__plan").prefetch_related(
            "commitment__nations", "nation_progress"
        )

    def for_card(self) -> Self:
        """Return milestones with where they stand in the nations, for their commitment's card."""
        return self.prefetch_related("nation_progress")

    def for_calendar(self) -> Self:
        """Return milestones with all that a calendar says of their due days.

        `edited_at` and `commitment_edited_at` say when the texts were last edited, None if that is
        not known.
        """
        from milestones.models import Milestone

        own = Milestone.history.filter(id=OuterRef("pk"))
        whole = Commitment.history.filter(id=OuterRef("commitment"))
        return (
            self.select_related("commitment")
            .prefetch_related("due_date_changes")
            .annotate(
                edited_at=Subquery(own.order_by("-history_date").values("history_date")[:1]),
                commitment_edited_at=Subquery(
                    whole.order_by("-history_date").values("history_date")[:1]
                ),
            )
        )

    def for_commitment_page(self) -> Self:
        """Return milestones with all that the commitment's page shows of them."""
        from milestones.models import ProgressUpdate

        return self.order_by("number").prefetch_related(
            "nation_progress",
            "due_date_changes",
            Prefetch("updates", queryset=ProgressUpdate.objects.public().for_commitment_page()),
            prefetch_behind(self.model, "findings", "for_commitment_page"),
        )

    def for_page(self, updates: "ProgressUpdateQuerySet | None" = None) -> Self:
        """Return milestones with all that their own page shows.

        `updates` are other reports than those that the public may see, for a preview.
        """
        from milestones.models import ProgressUpdate

        shown = ProgressUpdate.objects.public() if updates is None else updates
        return self.select_related("commitment__plan").prefetch_related(
            "commitment__nations",
            "nation_progress",
            "due_date_changes__institution",
            Prefetch("updates", queryset=shown.for_page()),
            prefetch_behind(self.model, "findings", "for_page"),
        )


class NationProgressQuerySet(QuerySet["NationProgress"]):
    """Where milestones stand in the nations."""

    def get_by_natural_key(self, commitment: str, number: int, nation: str) -> "NationProgress":
        """Return the row that a fixture names."""
        return self.get(
            milestone__commitment__slug=commitment,
            milestone__number=number,
            nation__code=nation,
        )

    def in_scope(self) -> Self:
        """Return rows of nations in which the commitment is delivered."""
        return self.filter(milestone__commitment__nations=F("nation"))

    def public(self) -> Self:
        """Return what readers may see."""
        return self.in_scope().filter(milestone__commitment__in=Commitment.objects.public())


class ProgressUpdateQuerySet(QuerySet["ProgressUpdate"]):
    """What government said of milestones."""

    def get_by_natural_key(self, uid: str) -> "ProgressUpdate":
        """Return the update that a fixture names."""
        return self.get(uid=uid)

    def published(self) -> Self:
        """Return updates that are closed to changes, also those of commitments not yet public."""
        return self.filter(published_at__isnull=False)

    def public(self) -> Self:
        """Return what readers may see."""
        commitment = Commitment.objects.public().filter(pk=OuterRef("milestone__commitment"))
        return self.published().filter(Exists(commitment))

    def seen_by(self, rights: Rights) -> Self:
        """Return the updates that an account sees in the Admin section.

        What is published of the commitments that it works on; of the rest its own, those of the
        institutions that it signs for, words of documents that it enters as point of contact,
        and what waits for its agreement.
        """
        seen = Q(published_at__isnull=False, milestone__commitment__in=rights.seen_commitments())
        seen |= Q(recorded_by=rights.account, institution__in=rights.carries_on)
        seen |= Q(institution__in=rights.signs_for)
        if rights.coordinates:
            edited = rights.edited_commitments()
            seen |= Q(milestone__commitment__in=edited) & ~Q(source_title="")
        if rights.agrees:
            seen |= Q(
                state="submitted",
                milestone__commitment__in=rights.agreed_commitments(),
                milestone__commitment__plan__needs_civil_society_sign_off=True,
            )
        return self.filter(seen)

    def standing(self) -> Self:
        """Return updates that no published one corrects."""
        corrections = self.model._default_manager.published().filter(corrects=OuterRef("pk"))
        return self.filter(~Exists(corrections))

    def latest_as_of(self, path: str) -> Subquery:
        """Return the latest as-of day of each outer row that `path` leads to, to annotate it."""
        mine = self.standing().filter(**{path: OuterRef("pk")}).order_by().values(path)
        return Subquery(mine.annotate(day=Max("as_of")).values("day"))

    def last_days(self, by: str) -> dict[Any, dict[str, Any]]:
        """Return per group the latest as-of day and when the latest update was published here.

        `by` is a path such as "nations" or "milestone__commitment__plan".
        """
        rows = (
            self.standing()
            .order_by()
            .values(by)
            .annotate(as_of_day=Max("as_of"), published=Max("published_at"))
        )
        return {row[by]: row for row in rows}

    def newest_first(self) -> Self:
        """Return updates by the day they speak of, then by when they were recorded."""
        return self.order_by("-as_of", "-recorded_at", "-pk")

    def for_commitment_page(self) -> Self:
        """Return updates with what the log of a commitment shows, and whether `has_evidence`."""
        from milestones.models import Evidence

        return (
            self.newest_first()
            .annotate(has_evidence=Exists(Evidence.objects.filter(update=OuterRef("pk"))))
            .select_related("institution")
            .defer("institution__team_mailbox")
            .prefetch_related("nations")
        )

    def for_log(self) -> Self:
        """Return updates that still count with what a log across commitments shows."""
        return self.standing().for_commitment_page().select_related("milestone__commitment")

    def for_page(self) -> Self:
        """Return updates with all that the milestone's page shows of them."""
        return self.for_commitment_page().prefetch_related("evidence")


class EvidenceQuerySet(QuerySet["Evidence"]):
    """What updates point at."""

    def get_by_natural_key(self, update: str, title: str, url: str, sha256: str = "") -> "Evidence":
        """Return the evidence that a fixture names."""
        return self.get(update__uid=update, title=title, url=url, sha256=sha256)

    def public(self) -> Self:
        """Return what readers may see."""
        from milestones.models import ProgressUpdate

        return self.filter(update__in=ProgressUpdate.objects.public())


class UpdateStepQuerySet(QuerySet["UpdateStep"]):
    """Steps of reports; what passed between an author and who signs off is not public."""

    def public(self) -> Self:
        """Return what readers may see: who agreed, who signed off and when."""
        from milestones.models import ProgressUpdate

        kinds = self.model.Kind
        return self.filter(
            update__in=ProgressUpdate.objects.public(), kind__in=[kinds.AGREED, kinds.PUBLISHED]
        )


class DueDateChangeQuerySet(QuerySet["DueDateChange"]):
    """Due days that moved."""

    def public(self) -> Self:
        """Return what readers may see."""
        from milestones.models import Milestone

        return self.filter(milestone__in=Milestone.objects.public())
