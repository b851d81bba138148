"""Links in emails that are as good as a password for what they do; none is stored."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from ogp_tracker.common.addresses import absolute
from ogp_tracker.following.models import Follower, Subscription

DAYS_TO_CONFIRM = 7

CONFIRM = "ogp_tracker.following.confirm"
MINE = "ogp_tracker.following.mine"


def confirm_link(subscription: Subscription) -> str:
    token = signing.TimestampSigner(salt=CONFIRM).sign(subscription.uid.hex)
    return absolute(reverse("follow_confirm", args=[token]))


def confirmed_by(token: str) -> UUID | None:
    seconds = DAYS_TO_CONFIRM * 24 * 60 * 60
    try:
        return UUID(signing.TimestampSigner(salt=CONFIRM).unsign(token, max_age=seconds))
    except (signing.BadSignature, ValueError):
        return None


def mine_link(follower: Follower) -> str:
    """Where a follower changes or ends subscriptions; valid for ever."""
    return absolute(reverse("follow_mine", args=[signing.Signer(salt=MINE).sign(follower.uid.hex)]))


def follower_of(token: str) -> UUID | None:
    try:
        return UUID(signing.Signer(salt=MINE).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
