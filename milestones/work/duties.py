"""The milestones that somebody answers for, as the clock sees them on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from commitments.models import Commitment, Institution
from commitments.models.membership import NOT_GOVERNMENT
from commitments.rights import led_by, reported_by
from milestones.conditions import midnight, parts_without
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.levels import Level
from milestones.models import Milestone, ProgressUpdate

from .parts import DUE_SOON_DAYS, OF_MILESTONES, Part


@dataclass(frozen=True)
class Share:
    """What somebody answers for of some commitments: the part of one nation, or all of it."""

    commitments: frozenset[int]
    nation: int | None = None

    def unfinished(self) -> Q:
        """Return the condition that a milestone's part in this share is not completed."""
        parts = parts_without(Q(level=Level.COMPLETED))
        if self.nation is not None:
            parts = parts.filter(nation=self.nation)
        return Q(commitment__in=self.commitments) & Q(Exists(parts))


def running(commitments: QuerySet[Commitment], on: date) -> frozenset[int]:
    """Return those of the commitments whose plan runs on the day `on`. One query.

    Keys and not a condition: the databases judge a list well, and the condition several times.
    """
    found = commitments.filter(plan__first_day__lte=on, plan__last_day__gte=on)
    return frozenset(found.values_list("pk", flat=True))


def shares_of(institutions: Iterable[int], on: date) -> list[Share]:
    """Return what the institutions answer for: all of what they lead, else their nation's part."""
    bodies = Institution.objects.filter(pk__in=list(institutions)).exclude(kind__in=NOT_GOVERNMENT)
    rows = list(bodies.order_by("pk").values_list("pk", "nation"))
    if not rows:
        return []
    led = running(Commitment.objects.filter(led_by(pk for pk, _nation in rows)), on)
    shares = [Share(led)]
    for nation in sorted({nation for _pk, nation in rows if nation is not None}):
        those = reported_by([pk for pk, its_nation in rows if its_nation == nation])
        shares.append(Share(running(Commitment.objects.filter(those), on) - led, nation))
    return shares


class Duties:
    """The unfinished milestones of shares as they stand on the day `on`.

    A milestone that is overdue or due soon does not stand among the silent ones as well.
    """

    def __init__(self, shares: Iterable[Share], on: date) -> None:
        self.on = on
        self.shares = [share for share in shares if share.commitments]

    def milestones(self, part: Part) -> QuerySet[Milestone]:
        """Return the milestones of a part, those due first at the top."""
        return (
            self._unfinished()
            .filter(of_part(part, self.on))
            .order_by(F("due_on").asc(nulls_last=True), "commitment__slug", "number")
        )

    def counts(self) -> dict[Part, int]:
        """Count the milestones of each part. One query."""
        if not self.shares:
            return dict.fromkeys(OF_MILESTONES, 0)
        counts = {part.name: Count("pk", filter=of_part(part, self.on)) for part in OF_MILESTONES}
        found = self._unfinished().order_by().aggregate(**counts)
        return {Part[name]: number for name, number in found.items()}

    def nations_in(self, commitment: int) -> set[int] | None:
        """Return the nations whose parts are answered for; None if those of all nations are."""
        mine = [share.nation for share in self.shares if commitment in share.commitments]
        return None if None in mine else {nation for nation in mine if nation is not None}

    def _unfinished(self) -> QuerySet[Milestone]:
        if not self.shares:
            return Milestone.objects.none()
        conditions = (share.unfinished() for share in self.shares)
        return Milestone.objects.filter(reduce(or_, conditions))


def of_part(part: Part, on: date) -> Q:
    """Return the condition that an unfinished milestone stands in a part on the day `on`."""
    soon = on + timedelta(days=DUE_SOON_DAYS)
    if part == Part.OVERDUE:
        return Q(due_on__lt=on)
    if part == Part.DUE:
        return Q(due_on__gte=on, due_on__lte=soon)
    recent = recent_updates(on).filter(milestone=OuterRef("pk"))
    return (Q(due_on__isnull=True) | Q(due_on__gt=soon)) & ~Q(Exists(recent))


def recent_updates(on: date) -> QuerySet[ProgressUpdate]:
    """Return the reports that were published in the six months up to the day `on`."""
    return ProgressUpdate.objects.published().filter(
        published_at__gte=midnight(months_before(on, STALE_AFTER_MONTHS)),
        published_at__lt=midnight(on + timedelta(days=1)),
    )
