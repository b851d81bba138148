"""Subscribing without an account: request, confirm by link, change, and delete."""

from collections.abc import Sequence
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone

from milestones.reminders.digest import week_of
from ogp_tracker.following.emails import confirmation
from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.targets import Target


def ask(address: str, target: Target, how_often: str) -> EmailMultiAlternatives:
    """Save the request until it is confirmed, and return the email to send.

    There is always one, so that nobody learns from the response whether an address is known. A
    confirmed subscription stays as it is, because a stranger may be asking.
    """
    try:
        return _ask(address, target, how_often)
    except IntegrityError:
        # The same request came at the same time, and its row exists now.
        return _ask(address, target, how_often)


def _ask(address: str, target: Target, how_often: str) -> EmailMultiAlternatives:
    with transaction.atomic():
        follower = Follower.objects.filter(address__iexact=address).first()
        follower = follower or Follower.objects.create(address=address)
        subscription, _is_new = Subscription.objects.get_or_create(
            follower=follower,
            kind=target.kind,
            key=target.key,
            defaults={"how_often": how_often, "made_at": timezone.now()},
        )
        if subscription.confirmed_at is None:
            subscription.how_often = how_often
            subscription.made_at = timezone.now()
            subscription.save(update_fields=["how_often", "made_at"])
    return confirmation(subscription, target)


def confirm(subscription: Subscription) -> None:
    """The subscription counts from now on; a weekly one from next week."""
    now = timezone.now()
    rows = Subscription.objects.filter(pk=subscription.pk, confirmed_at=None)
    rows.update(confirmed_at=now, week=week_of(timezone.localdate(now)))


def stop(follower: Follower, uid: UUID) -> bool:
    """Delete one subscription, and with the last one the address; False if it was the last."""
    with transaction.atomic():
        follower.subscriptions.filter(uid=uid).delete()
        if follower.subscriptions.exists():
            return True
        follower.delete()
    return False


def forget(addresses: Sequence[str]) -> int:
    found = 0
    for address in addresses:
        found += Follower.objects.filter(address__iexact=address).count()
        Follower.objects.filter(address__iexact=address).delete()
    return found
