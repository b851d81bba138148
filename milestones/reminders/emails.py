"""A reminder as an email: who gets it, what about, and its text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.models import Institution
from ogp_tracker.common.addresses import absolute, host


@dataclass(frozen=True)
class EmailLine:
    """A line of a list: what it is, its state, and where to go."""

    what: str
    details: Sequence[str]
    label: str
    url: str


@dataclass(frozen=True)
class EmailGroup:
    heading: str
    lines: Sequence[EmailLine]
    total: int
    url: str

    @property
    def has_more(self) -> bool:
        return self.total > len(self.lines)


@dataclass(frozen=True)
class ReminderEmail:
    """A reminder that is ready to be claimed and sent."""

    address: str
    kind: str
    subjects: Sequence[str]
    """What it reminds of; nothing is reminded of twice."""
    title: str
    groups: Sequence[EmailGroup]
    reasons: Sequence[str]
    """Why the reader gets it."""
    account: User | None = None
    institution: Institution | None = None
    key: UUID = field(default_factory=uuid4)

    @property
    def message_id(self) -> str:
        return f"<{self.key}@{host()}>"

    def message(self) -> EmailMultiAlternatives:
        context = {
            "email": self,
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
            body=render_to_string("milestones/emails/reminder.txt", context).strip() + "\n",
            to=[self.address],
            reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
            headers=headers,
        )
        html = render_to_string("milestones/emails/reminder.html", context)
        message.attach_alternative(html, "text/html")
        return message
