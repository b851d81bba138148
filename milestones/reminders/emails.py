"""A reminder as an email: who gets it, what about, and its text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
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

    def message(self) -> EmailMultiAlternatives:
        return message(
            self.address,
            self.title,
            "milestones/emails/reminder",
            {"email": self, "home": absolute(reverse("admin:index"))},
            {"List-Id": f"<reminders.{host()}>", "Message-ID": f"<{self.key}@{host()}>"},
        )


def message(
    address: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    headers: dict[str, str],
    *,
    has_html: bool = True,
) -> EmailMultiAlternatives:
    """With text, and HTML if it has that, from the files of the template's name."""
    context = {**context, "contact": settings.CONTACT_EMAIL}
    made = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", context).strip() + "\n",
        to=[address],
        reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    if has_html:
        made.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return made
