"""The mails of the alerts: what is new, and the one that asks whether somebody wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.common.lines import one_short_line
from ogp_tracker.following.links import DAYS_TO_CONFIRM, confirm_link, mine_link
from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.targets import Target
from ogp_tracker.following.telling import Told, tell
from ogp_tracker.history.places import Found

SHOWN = 30
"""So many changes of one thing are told in a mail; the rest stands on the page."""


@dataclass(frozen=True)
class Group:
    """What is new of one thing that somebody follows."""

    name: str
    told: Sequence[Told]
    total: int
    url: str

    @classmethod
    def of(cls, target: Target, found: Sequence[Found]) -> "Group":
        """Return the newest of the changes of a target in words."""
        told = [tell(one.show()) for one in found[:SHOWN]]
        return cls(one_short_line(target.name), told, len(found), absolute(target.changes))

    @property
    def has_more(self) -> bool:
        """Return whether there is more than the mail tells."""
        return self.total > len(self.told)


@dataclass(frozen=True)
class Alert:
    """All that is new for one address, ready to be claimed and sent."""

    follower: Follower
    subscriptions: Sequence[Subscription]
    groups: Sequence[Group]
    last: int
    """The number of the last change that is told."""
    week: str
    key: UUID = field(default_factory=uuid4)

    @property
    def title(self) -> str:
        """Return the subject: the change itself if it is the only one."""
        total = sum(group.total for group in self.groups)
        if total == 1:
            return one_short_line(self.groups[0].told[0].title, 150)
        names = ", ".join(group.name for group in self.groups)
        words = ngettext("%(n)s change: %(names)s", "%(n)s changes: %(names)s", total)
        return one_short_line(words % {"n": total, "names": names}, 150)

    def message(self) -> EmailMultiAlternatives:
        """Return the mail with its two bodies, and with one click to end it all (RFC 8058)."""
        link = mine_link(self.follower)
        return message(
            self.follower.address,
            self.title,
            "alert",
            {"alert": self, "mine": link, "was_cut_off": self.follower.mail is not None},
            {
                "List-Id": f"<alerts.{host()}>",
                "List-Unsubscribe": f"<{link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Message-ID": f"<{self.key}@{host()}>",
            },
        )


def confirmation(subscription: Subscription, target: Target) -> EmailMultiAlternatives:
    """Return the mail that asks to confirm, or that says that this is followed already."""
    follower = subscription.follower
    is_new = subscription.confirmed_at is None
    name = one_short_line(target.name)
    title = _("Confirm that you want to follow: %s") if is_new else _("You already follow: %s")
    return message(
        follower.address,
        one_short_line(title % name, 150),
        "confirm",
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


def message(
    address: str, subject: str, template: str, context: dict[str, Any], headers: dict[str, str]
) -> EmailMultiAlternatives:
    """Return a mail of a template in text and in HTML."""
    context = {**context, "contact": settings.CONTACT_EMAIL}
    made = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"following/mails/{template}.txt", context).strip() + "\n",
        to=[address],
        reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    html = render_to_string(f"following/mails/{template}.html", context)
    made.attach_alternative(html, "text/html")
    return made
