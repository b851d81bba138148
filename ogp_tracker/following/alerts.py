"""One run of the alerts: each address gets at most one email, with everything that is new for it.

An email is claimed before it is sent, like a reminder: if a run is cut off in between, that email
is not sent again (at most once). Followers who miss it find the same on the pages and in the feeds,
and the next email says that one may have been lost; an email that comes twice helps nobody.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from milestones.reminders.digest import week_of
from milestones.reminders.sending import SendOutcome, deliver_all
from ogp_tracker.following.emails import Alert, AlertGroup
from ogp_tracker.following.links import DAYS_TO_CONFIRM
from ogp_tracker.following.models import Follower, SeenChange, Subscription
from ogp_tracker.following.news import News, last_number, number_new_changes
from ogp_tracker.following.targets import Target, with_keys

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
