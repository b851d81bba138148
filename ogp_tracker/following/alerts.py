"""One run of the alerts: each address gets at most one email, with everything that is new for it.

An email is claimed before it is sent, like a reminder: if a run is cut off in between, that email
is not sent again (at most once). Followers who miss it find the same on the pages and in the feeds,
and the next email says that one may have been lost; an email that comes twice helps nobody.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Min, QuerySet
from django.utils import timezone

from milestones.reminders.digest import week_of
from milestones.reminders.sending import SendOutcome, deliver_all
from ogp_tracker.following.emails import DAYS_TO_CONFIRM, Alert, AlertGroup
from ogp_tracker.following.models import Follower, SeenChange, Subscription
from ogp_tracker.following.targets import Target, with_keys
from ogp_tracker.history.listing import find
from ogp_tracker.history.places import FoundChange, Position
from ogp_tracker.history.scopes import WHOLE_SITE, Scope

WINDOW = timedelta(days=35)
"""A change that is older than this when readers first see it is not emailed."""
KEPT = timedelta(days=100)
SETTLES_IN = timedelta(seconds=2)
"""Edits within one second are one edit, which is not sent before that second is over."""
AT_ONCE = 200


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
    numbers: dict[tuple[str, int], int] = field(init=False)
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


AT_ONCE = 200
REFUSALS = 3
"""An address that refuses this many emails in a row is deleted."""

OnOutcome = Callable[[Alert, SendOutcome], None]
Progress = Callable[[int], None]


def send_alerts(
    *, now: datetime, report: OnOutcome, progress: Progress = lambda looked_at: None
) -> Counter[SendOutcome]:
    """Pass each email to `report`, and count the outcomes.

    Raises MailServerUnavailable if it has to stop; what was done until then is kept, and the next
    run goes on.
    """
    forget_unconfirmed(now)
    before = last_number()
    number_new_changes(now)
    # A new follower gets the changes since the run before; none from before the very first run.
    Subscription.objects.filter(confirmed_at__isnull=False, last_sent=None).update(
        last_sent=before or last_number()
    )
    return deliver_all(alerts(now=now, progress=progress, settle_empty=True), report, AlertLog())


def alerts(
    *,
    now: datetime,
    progress: Progress = lambda looked_at: None,
    settle_empty: bool = False,
    more: list[SeenChange] | None = None,
) -> Iterator[Alert]:
    """With `settle_empty` record followers for whom nothing is new.

    `more` are changes that are not in the database yet.
    """
    week = week_of(timezone.localdate(now))
    after = Subscription.objects.due(week).aggregate(least=Min("last_sent"))["least"]
    if after is None:
        return
    news = News(after, more or [])
    looked_at = 0
    for followers in _in_steps(week):
        targets = with_keys({(one.kind, one.key) for _row, due in followers for one in due})
        nothing_new: list[int] = []
        for follower, due in followers:
            looked_at += 1
            progress(looked_at)
            groups = groups_for(due, news, targets)
            if groups:
                yield Alert(follower, due, groups, news.last, week)
            else:
                nothing_new += [one.pk for one in due]
        if settle_empty and nothing_new:
            rows = Subscription.objects.filter(pk__in=nothing_new, last_sent__lt=news.last)
            rows.update(last_sent=news.last)
            weekly = Subscription.HowOften.WEEKLY
            Subscription.objects.filter(pk__in=nothing_new, how_often=weekly).update(week=week)


def groups_for(
    subscriptions: list[Subscription], news: News, targets: dict[tuple[str, int], Target]
) -> list[AlertGroup]:
    """Each change appears once."""
    sent: set[int] = set()
    groups = []
    for one in subscriptions:
        target = targets.get((one.kind, one.key))
        if target is None:
            continue
        new = [each for each in news.of(target, one.last_sent or 0) if each[0] not in sent]
        if new:
            sent |= {number for number, _found in new}
            groups.append(AlertGroup.of(target, [found for _number, found in new]))
    return groups


class AlertLog:
    def claim(self, email: Alert) -> bool:
        """False if the subscriptions have changed since they were read."""
        with transaction.atomic():
            rows = Subscription.objects.select_for_update().filter(
                pk__in=[one.pk for one in email.subscriptions]
            )
            current = {row.pk: (row.last_sent, row.week) for row in rows}
            if current != {one.pk: (one.last_sent, one.week) for one in email.subscriptions}:
                return False
            rows.update(last_sent=email.last)
            rows.filter(how_often=Subscription.HowOften.WEEKLY).update(week=email.week)
            Follower.objects.filter(pk=email.follower.pk).update(unsettled_email=email.key)
        return True

    def release(self, email: Alert) -> None:
        """The email was certainly not sent: move the subscriptions back."""
        with transaction.atomic():
            for one in email.subscriptions:
                Subscription.objects.filter(pk=one.pk, last_sent=email.last).update(
                    last_sent=one.last_sent, week=one.week
                )
            self._of(email).update(unsettled_email=email.follower.unsettled_email)

    def settle(self, email: Alert, outcome: SendOutcome, answer: str) -> None:
        if outcome is SendOutcome.SENT:
            self._of(email).update(unsettled_email=None, refused=0)
            return
        self._of(email).update(unsettled_email=None, refused=F("refused") + 1)
        Follower.objects.filter(pk=email.follower.pk, refused__gte=REFUSALS).delete()

    def _of(self, email: Alert) -> QuerySet[Follower]:
        return Follower.objects.filter(pk=email.follower.pk, unsettled_email=email.key)


def forget_unconfirmed(now: datetime) -> None:
    """Delete what nobody confirmed in time, and addresses without subscriptions."""
    too_old = now - timedelta(days=DAYS_TO_CONFIRM)
    Subscription.objects.filter(confirmed_at=None, made_at__lt=too_old).delete()
    # A new address gets its subscription in the same transaction, so none is deleted too early.
    Follower.objects.filter(subscriptions=None).delete()


def unsettled() -> int:
    """How many emails were begun, but may or may not have been sent."""
    return Follower.objects.filter(unsettled_email__isnull=False).count()


def _in_steps(week: str) -> Iterator[list[tuple[Follower, list[Subscription]]]]:
    last = 0
    subscriptions = Subscription.objects.due(week)
    keys = subscriptions.order_by("follower").values_list("follower", flat=True).distinct()
    while wanted := list(keys.filter(follower__gt=last)[:AT_ONCE]):
        found: dict[Follower, list[Subscription]] = {}
        for one in subscriptions.filter(follower__in=wanted).select_related("follower"):
            found.setdefault(one.follower, []).append(one)
        yield list(found.items())
        last = wanted[-1]
