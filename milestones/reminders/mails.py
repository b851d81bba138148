"""One mail: whom it goes to, of what it reminds, and what it says in text and in HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.models import Institution
from ogp_tracker.common.addresses import absolute, host


@dataclass(frozen=True)
class Line:
    """A line of a list: what it is, how it stands, and where to go."""

    what: str
    details: Sequence[str]
    label: str
    url: str


@dataclass(frozen=True)
class Group:
    """Lines under a heading, with the whole number of what there is."""

    heading: str
    lines: Sequence[Line]
    total: int
    url: str

    @property
    def has_more(self) -> bool:
        """Return whether there is more than the mail shows."""
        return self.total > len(self.lines)


@dataclass(frozen=True)
class Mail:
    """A reminder that is ready to be claimed and sent."""

    address: str
    kind: str
    subjects: Sequence[str]
    """Of what it reminds; nothing is reminded of twice."""
    title: str
    groups: Sequence[Group]
    reasons: Sequence[str]
    """Why the reader gets it."""
    account: Any = None
    institution: Institution | None = None
    key: UUID = field(default_factory=uuid4)

    @property
    def message_id(self) -> str:
        """Return the Message-ID, by which a log of mails can be searched."""
        return f"<{self.key}@{host()}>"

    def message(self) -> EmailMultiAlternatives:
        """Return the mail with its two bodies."""
        context = {
            "mail": self,
            "home": absolute(reverse("admin:index")),
            "contact": settings.CONTACT_EMAIL,
        }
        headers = {
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<reminders.{host()}>",
            "Message-ID": self.message_id,
        }
        message = EmailMultiAlternatives(
            subject=self.title,
            body=render_to_string("milestones/mails/reminder.txt", context).strip() + "\n",
            to=[self.address],
            reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
            headers=headers,
        )
        html = render_to_string("milestones/mails/reminder.html", context)
        message.attach_alternative(html, "text/html")
        return message
