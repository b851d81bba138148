"""What is new since somebody was told last: changes are numbered as they are first seen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min

from ogp_tracker.following.models import SeenChange
from ogp_tracker.following.targets import Target
from ogp_tracker.history.listing import find
from ogp_tracker.history.places import Found, Place
from ogp_tracker.history.scopes import WHOLE_SITE, Scope

WINDOW = timedelta(days=35)
"""A change whose time lies further back when readers first see it is not told by mail."""
KEPT = timedelta(days=100)
SETTLES_IN = timedelta(seconds=2)
"""Edits within one second are one edit: it is not told before that second is over."""
AT_ONCE = 200

Numbers = dict[tuple[str, int], int]


def highest() -> int:
    """Return the number of the change that was seen last, 0 if none ever was."""
    return SeenChange.objects.aggregate(last=Max("number"))["last"] or 0


def unseen(now: datetime) -> list[SeenChange]:
    """Return the public changes without a number, each with the number that it is to get."""
    since = now - WINDOW
    known = set(
        SeenChange.objects.filter(moment__gte=since - timedelta(days=2)).values_list(
            "source", "key"
        )
    )
    last = highest()
    places = [found.place for found in behind(WHOLE_SITE, since)]
    new = sorted(
        place
        for place in places
        if (place.source, place.key) not in known and place.moment <= now - SETTLES_IN
    )
    return [
        SeenChange(number=number, source=place.source, key=place.key, moment=place.moment)
        for number, place in enumerate(new, start=last + 1)
    ]


def note(now: datetime) -> None:
    """Give the changes their numbers. If another run does so in the same moment, leave it to it."""
    try:
        with transaction.atomic():
            SeenChange.objects.bulk_create(unseen(now), batch_size=500)
    except IntegrityError:
        return
    SeenChange.objects.filter(moment__lt=now - KEPT).exclude(number=highest()).delete()


def behind(scope: Scope, since: datetime) -> list[Found]:
    """Return all changes of a scope down to a moment, newest first."""
    met: list[Found] = []
    before: Place | None = None
    while True:
        stretch = find(scope, before=before, size=AT_ONCE)
        met += [found for found in stretch.found if found.place.moment >= since]
        before = stretch.older
        if before is None or before.moment < since:
            return met


@dataclass
class News:
    """The changes that some subscription has yet to be told of, read once for each target."""

    after: int
    """The number behind which they begin."""
    more: list[SeenChange] = field(default_factory=list)
    """Changes that have a number, but not in the database: for a run that writes nothing."""
    numbers: Numbers = field(init=False)
    since: datetime | None = field(init=False)
    read: dict[tuple[str, int], list[tuple[int, Found]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the numbers."""
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
        """Return the number up to which is told."""
        return max(self.numbers.values(), default=self.after)

    def of(self, target: Target, told: int) -> list[tuple[int, Found]]:
        """Return what is new of a target behind a number, newest first, each with its own."""
        if self.since is None:
            return []
        name = (target.kind, target.key)
        if name not in self.read:
            found = behind(target.scope, self.since)
            keys = [(one.place.source, one.place.key) for one in found]
            self.read[name] = [
                (self.numbers[key], one)
                for key, one in zip(keys, found, strict=True)
                if key in self.numbers
            ]
        return [(number, one) for number, one in self.read[name] if number > told]
