"""What is public of progress updates, and the shapes in which pages read them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from commitments.models import Commitment, Nation
from commitments.rights import Rights
from ogp_tracker.common.relations import model_behind
from ogp_tracker.common.visibility import PublicQuerySet

from .signed_off import seen_signed_off

if TYPE_CHECKING:
    # Named only in a string, as a parameter.
    from .update import ProgressUpdate  # noqa: F401

NEWEST_FIRST = ("-as_of", "-recorded_at", "-pk")


class ProgressUpdateQuerySet(PublicQuerySet["ProgressUpdate"]):
    def published(self) -> Self:
        """Updates that are closed to changes, also those of commitments not yet public."""
        return self.filter(self.model.public_if.own.condition())

    def of_government(self) -> Self:
        """What government reported here or published; an assessor's account is neither."""
        return self.exclude(provenance="assessor_report")

    def public(self) -> Self:
        """What readers may see, asked row by row: logs read the newest and stop.

        With the commitments as a list, SQLite does not walk along the index of the log: 67 ms for
        the front page's log of 20,000 updates instead of 4.
        """
        commitment = Commitment.objects.public().filter(pk=OuterRef("commitment"))
        return self.published().filter(Exists(commitment))

    def seen_by(self, rights: Rights) -> Self:
        """What it works on, its own, what it signs for or enters, what waits for its agreement."""
        seen = seen_signed_off(rights)
        if rights.coordinates:
            seen |= Q(commitment__in=rights.edited_commitments(), provenance="published_elsewhere")
        if rights.is_administrator:
            seen |= Q(provenance="assessor_report")
        return self.filter(seen)

    def standing(self) -> Self:
        """Updates that no published one corrects. Few are corrected: they are listed once."""
        corrections = self.model._default_manager.published().filter(corrects__isnull=False)
        return self.exclude(pk__in=corrections.order_by().values("corrects"))

    def latest_as_of(self, path: str) -> Subquery:
        """The latest as-of date of each outer row that `path` leads to, to annotate it."""
        mine = self.standing().filter(**{path: OuterRef("pk")}).order_by().values(path)
        return Subquery(mine.annotate(day=Max("as_of")).values("day"))

    def said_in(self, nation: "Nation | OuterRef") -> Self:
        """Asked update by update: SQLite would read all those in the nation to find the latest."""
        nations = self.model.nations.through._default_manager
        return self.filter(Exists(nations.filter(progressupdate=OuterRef("pk"), nation=nation)))

    def last_days_in_nations(self) -> dict[int, Mapping[str, Any]]:
        """Latest as-of date, as published, and publication here, by the key of the nation.

        Each is the first that the database meets in the order of an index.
        """
        mine = self.standing().said_in(OuterRef(OuterRef("pk")))
        latest, newest = (
            mine.order_by(*NEWEST_FIRST),
            mine.order_by("-published_at"),
        )
        rows = Nation.objects.values(
            "pk",
            as_of_day=Subquery(latest.values("as_of")[:1]),
            as_of_words=Subquery(latest.values("as_of_as_published")[:1]),
            published=Subquery(newest.values("published_at")[:1]),
        )
        return {row["pk"]: row for row in rows if row["as_of_day"]}

    def for_commitment_page(self) -> Self:
        """With what the log of a commitment shows, and whether each `has_evidence`."""
        return (
            self.order_by(*NEWEST_FIRST)
            .annotate(
                has_evidence=Exists(
                    model_behind(self.model, "evidence").objects.filter(update=OuterRef("pk"))
                )
            )
            .select_related("institution")
            .defer("institution__team_mailbox")
            .prefetch_related("nations")
        )

    def of_whole(self) -> Self:
        """Those of a commitment as a whole, for its page, with the current copies of each."""
        return self.filter(milestone=None).for_page().prefetch_related("current_in")

    def newest(self, number: int) -> "ProgressUpdateQuerySet":
        """The newest so many that still count, with what a log across commitments shows.

        Their keys are chosen first, or PostgreSQL would look for the evidence of every update.
        """
        keys = self.standing().order_by(*NEWEST_FIRST).values("pk")[:number]
        rows = self.model.objects.filter(pk__in=keys).for_commitment_page()
        return rows.select_related("commitment", "milestone__commitment")

    def for_page(self) -> Self:
        return self.for_commitment_page().prefetch_related("evidence")
