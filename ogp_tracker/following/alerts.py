"""One run of the alerts: each address gets one mail at most, with all that is new for it.

A mail is claimed before it is handed over, as reminders are: if a run is cut off in between, that
mail is not sent again (at most once). Who misses it finds the same on the pages and in the feeds,
and the next mail says that one may have been lost; a mail that comes twice helps nobody.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from milestones.reminders.digest import week_of
from milestones.reminders.sending import SendOutcome, deliver_all
from ogp_tracker.following import news as noting
from ogp_tracker.following.links import DAYS_TO_CONFIRM
from ogp_tracker.following.mails import Alert, Group
from ogp_tracker.following.models import Follower, SeenChange, Subscription
from ogp_tracker.following.news import News
from ogp_tracker.following.targets import Target, with_keys

AT_ONCE = 200
REFUSALS = 3
"""An address that refused so many mails in a row is deleted."""

Report = Callable[[Alert, SendOutcome], None]
Progress = Callable[[int], None]


def send_alerts(
    *, now: datetime, report: Report, progress: Progress = lambda looked_at: None
) -> Counter[SendOutcome]:
    """Send what is new, tell of each mail, and return how many of each.

    Raises MailServerUnavailable if it has to stop; what was done until then is kept, and the
    next run goes on.
    """
    forget_unconfirmed(now)
    before = noting.highest()
    noting.note(now)
    # Who has just confirmed is told of what comes from the run before on; of nothing that was
    # there before the first run ever.
    Subscription.objects.filter(confirmed_at__isnull=False, told=None).update(
        told=before or noting.highest()
    )
    return deliver_all(alerts(now=now, progress=progress, settle_empty=True), report, Alerts())


def alerts(
    *,
    now: datetime,
    progress: Progress = lambda looked_at: None,
    settle_empty: bool = False,
    more: list[SeenChange] | None = None,
) -> Iterator[Alert]:
    """Yield the mails that are to be sent; with `settle_empty` keep who has nothing new.

    `more` are changes that have not been written down yet.
    """
    week = week_of(timezone.localdate(now))
    after = Subscription.objects.due(week).aggregate(least=Min("told"))["least"]
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
            rows = Subscription.objects.filter(pk__in=nothing_new, told__lt=news.last)
            rows.update(told=news.last)
            weekly = Subscription.HowOften.WEEKLY
            Subscription.objects.filter(pk__in=nothing_new, how_often=weekly).update(week=week)


def groups_for(
    subscriptions: list[Subscription], news: News, targets: dict[tuple[str, int], Target]
) -> list[Group]:
    """Return what is new for a follower; each change is in it once."""
    told: set[int] = set()
    groups = []
    for one in subscriptions:
        target = targets.get((one.kind, one.key))
        if target is None:
            continue
        new = [each for each in news.of(target, one.told or 0) if each[0] not in told]
        if new:
            told |= {number for number, _found in new}
            groups.append(Group.of(target, [found for _number, found in new]))
    return groups


class Alerts:
    """The book of the alerts: how far each subscription was told, and which mail was begun."""

    def claim(self, mail: Alert) -> bool:
        """Move the subscriptions on; False if they are not any more as they were read."""
        with transaction.atomic():
            rows = Subscription.objects.select_for_update().filter(
                pk__in=[one.pk for one in mail.subscriptions]
            )
            now_told = {row.pk: (row.told, row.week) for row in rows}
            if now_told != {one.pk: (one.told, one.week) for one in mail.subscriptions}:
                return False
            rows.update(told=mail.last)
            rows.filter(how_often=Subscription.HowOften.WEEKLY).update(week=mail.week)
            Follower.objects.filter(pk=mail.follower.pk).update(mail=mail.key)
        return True

    def release(self, mail: Alert) -> None:
        """Move the subscriptions back: the mail was surely not sent."""
        with transaction.atomic():
            for one in mail.subscriptions:
                Subscription.objects.filter(pk=one.pk, told=mail.last).update(
                    told=one.told, week=one.week
                )
            self._of(mail).update(mail=mail.follower.mail)

    def settle(self, mail: Alert, outcome: SendOutcome, answer: str) -> None:
        """Keep that the mail was sent; an address that refuses again and again is deleted."""
        if outcome is SendOutcome.SENT:
            self._of(mail).update(mail=None, refused=0)
            return
        self._of(mail).update(mail=None, refused=F("refused") + 1)
        Follower.objects.filter(pk=mail.follower.pk, refused__gte=REFUSALS).delete()

    def _of(self, mail: Alert) -> QuerySet[Follower]:
        return Follower.objects.filter(pk=mail.follower.pk, mail=mail.key)


def forget_unconfirmed(now: datetime) -> None:
    """Delete what nobody confirmed in time, and addresses to which nothing would go."""
    too_old = now - timedelta(days=DAYS_TO_CONFIRM)
    Subscription.objects.filter(confirmed_at=None, made_at__lt=too_old).delete()
    # Somebody may be asking in this moment: a younger address has its subscription in a while.
    Follower.objects.filter(subscriptions=None).delete()


def unsettled() -> int:
    """Return how many mails a run began of which nobody knows whether they were sent."""
    return Follower.objects.filter(mail__isnull=False).count()


def _in_steps(week: str) -> Iterator[list[tuple[Follower, list[Subscription]]]]:
    """Yield followers with what they are due, by their keys, so many at a time."""
    last = 0
    subscriptions = Subscription.objects.due(week)
    keys = subscriptions.order_by("follower").values_list("follower", flat=True).distinct()
    while wanted := list(keys.filter(follower__gt=last)[:AT_ONCE]):
        found: dict[Follower, list[Subscription]] = {}
        for one in subscriptions.filter(follower__in=wanted).select_related("follower"):
            found.setdefault(one.follower, []).append(one)
        yield list(found.items())
        last = wanted[-1]
