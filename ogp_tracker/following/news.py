"""What is new since a follower's last alert: changes are numbered as they are first seen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min

from ogp_tracker.following.models import SeenChange
from ogp_tracker.following.targets import Target
from ogp_tracker.history.listing import find
from ogp_tracker.history.places import FoundChange, Position
from ogp_tracker.history.scopes import WHOLE_SITE, Scope

WINDOW = timedelta(days=35)
"""A change that is older than this when readers first see it is not emailed."""
KEPT = timedelta(days=100)
SETTLES_IN = timedelta(seconds=2)
"""Edits within one second are one edit, which is not sent before that second is over."""
AT_ONCE = 200

Numbers = dict[tuple[str, int], int]


def last_number() -> int:
    return SeenChange.objects.aggregate(last=Max("number"))["last"] or 0


def unseen(now: datetime) -> list[SeenChange]:
    """The public changes without a number, each with the number that it will get."""
    since = now - WINDOW
    known = set(
        SeenChange.objects.filter(moment__gte=since - timedelta(days=2)).values_list(
            "source", "key"
        )
    )
    positions = sorted(found.position for found in changes_since(WHOLE_SITE, since))
    new = [
        one
        for one in positions
        if (one.source, one.key) not in known and one.moment <= now - SETTLES_IN
    ]
    return [
        SeenChange(number=number, source=one.source, key=one.key, moment=one.moment)
        for number, one in enumerate(new, start=last_number() + 1)
    ]


def number_new_changes(now: datetime) -> None:
    """If another run does so at the same time, this one leaves it to that."""
    try:
        with transaction.atomic():
            SeenChange.objects.bulk_create(unseen(now), batch_size=500)
    except IntegrityError:
        return
    SeenChange.objects.filter(moment__lt=now - KEPT).exclude(number=last_number()).delete()


def changes_since(scope: Scope, since: datetime) -> list[FoundChange]:
    met: list[FoundChange] = []
    before: Position | None = None
    while True:
        page = find(scope, before=before, size=AT_ONCE)
        met += [found for found in page.changes if found.position.moment >= since]
        before = page.older
        if before is None or before.moment < since:
            return met


@dataclass
class News:
    """The changes that some subscription has not had yet, read once for each target."""

    after: int
    """The number after which they begin."""
    more: list[SeenChange] = field(default_factory=list)
    """Changes that have a number, but not in the database: for a run that writes nothing."""
    numbers: Numbers = field(init=False)
    since: datetime | None = field(init=False)
    read: dict[tuple[str, int], list[tuple[int, FoundChange]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = SeenChange.objects.filter(number__gt=self.after)
        self.numbers = {
            (source, key): number
            for number, source, key in rows.values_list("number", "source", "key")
        }
        self.numbers |= {(one.source, one.key): one.number for one in self.more}
        moments = [one.moment for one in self.more]
        if oldest := rows.aggregate(oldest=Min("moment"))["oldest"]:
            moments.append(oldest)
        self.since = min(moments, default=None)

    @property
    def last(self) -> int:
        return max(self.numbers.values(), default=self.after)

    def of(self, target: Target, last_sent: int) -> list[tuple[int, FoundChange]]:
        """Its changes after the number `last_sent`, newest first, each with its own number."""
        if self.since is None:
            return []
        name = (target.kind, target.key)
        if name not in self.read:
            found = changes_since(target.scope, self.since)
            keys = [(one.position.source, one.position.key) for one in found]
            self.read[name] = [
                (self.numbers[key], one)
                for key, one in zip(keys, found, strict=True)
                if key in self.numbers
            ]
        return [(number, one) for number, one in self.read[name] if number > last_sent]
