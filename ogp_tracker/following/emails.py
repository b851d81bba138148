"""The emails of the alerts: what is new, and the one that asks for confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones.reminders.emails import message
from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.common.lines import one_short_line
from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.targets import SITE, Target
from ogp_tracker.following.telling import ChangeText, describe_all
from ogp_tracker.history.places import FoundChange

DAYS_TO_CONFIRM = 7

# Links with these are as good as a password for what they do; none is stored.
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


SHOWN = 30
"""At most this many changes of one thing are in an email; the page has the others."""


@dataclass(frozen=True)
class AlertGroup:
    name: str
    """"" for the whole site."""
    changes: Sequence[ChangeText]
    total: int
    url: str

    @classmethod
    def of(cls, target: Target, found: Sequence[FoundChange]) -> "AlertGroup":
        changes = describe_all(one.show() for one in found[:SHOWN])
        name = one_short_line(target.name) if target.row else ""
        return cls(name, changes, len(found), absolute(target.changes))

    @property
    def has_more(self) -> bool:
        return self.total > len(self.changes)


@dataclass(frozen=True)
class Alert:
    """Everything that is new for one address, ready to be claimed and sent."""

    follower: Follower
    subscriptions: Sequence[Subscription]
    groups: Sequence[AlertGroup]
    last: int
    """The number of the last change in it."""
    week: str
    key: UUID = field(default_factory=uuid4)

    @property
    def title(self) -> str:
        total = sum(group.total for group in self.groups)
        if total == 1:
            return subject(self.groups[0].changes[0].subject)
        names = ", ".join(group.name for group in self.groups if group.name)
        what = {"n": intcomma(total), "names": names}
        return subject((_("%(n)s changes to %(names)s") if names else _("%(n)s changes")) % what)

    def message(self) -> EmailMultiAlternatives:
        """With text and HTML, and a one-click link that ends all alerts (RFC 8058)."""
        link = mine_link(self.follower)
        return message(
            self.follower.address,
            self.title,
            "following/emails/alert",
            {"alert": self, "mine": link, "was_cut_off": self.follower.unsettled_email is not None},
            {
                "List-Id": f"<alerts.{host()}>",
                "List-Unsubscribe": f"<{link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Message-ID": f"<{self.key}@{host()}>",
            },
        )


def subject(words: str) -> str:
    return one_short_line(f"{SITE.name}: {words}", 150)


def confirmation(subscription: Subscription, target: Target) -> EmailMultiAlternatives:
    """Asks for confirmation, or says that this is followed already."""
    follower = subscription.follower
    is_new = subscription.confirmed_at is None
    name = one_short_line(target.name)
    title = _("Confirm that you want emails about %s") if is_new else _("You already follow %s")
    return message(
        follower.address,
        subject(title % name),
        "following/emails/confirm",
        {
            "title": one_short_line(title % name),
            "is_new": is_new,
            "how_often": subscription.get_how_often_display(),
            "page": absolute(target.page),
            "link": confirm_link(subscription) if is_new else mine_link(follower),
            "days": DAYS_TO_CONFIRM,
        },
        {"Message-ID": f"<{uuid4()}@{host()}>"},
    )
