"""Links in mails that are as good as a password for what they do; nothing of them is stored."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from ogp_tracker.common.addresses import absolute
from ogp_tracker.following.models import Follower, Subscription

DAYS_TO_CONFIRM = 7

CONFIRM = "ogp_tracker.following.confirm"
MINE = "ogp_tracker.following.mine"


def confirm_link(subscription: Subscription) -> str:
    """Return the address that confirms a subscription, for some days."""
    token = signing.TimestampSigner(salt=CONFIRM).sign(subscription.uid.hex)
    return absolute(reverse("follow_confirm", args=[token]))


def confirmed_by(token: str) -> UUID | None:
    """Return which subscription a link confirms; None if it is none, or too old."""
    seconds = DAYS_TO_CONFIRM * 24 * 60 * 60
    try:
        return UUID(signing.TimestampSigner(salt=CONFIRM).unsign(token, max_age=seconds))
    except (signing.BadSignature, ValueError):
        return None


def mine_link(follower: Follower) -> str:
    """Return the address at which a follower chooses, or ends it all."""
    token = signing.Signer(salt=MINE).sign(follower.uid.hex)
    return absolute(reverse("follow_mine", args=[token]))


def follower_of(token: str) -> UUID | None:
    """Return whose choices a link leads to; None if it is no link of ours."""
    try:
        return UUID(signing.Signer(salt=MINE).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
