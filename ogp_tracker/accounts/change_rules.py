"""Who may change what opens an account: its address and its two-step verification. Pure.

An account that has signed in may be an approver's. One administrator alone does not change what
opens it: a second one confirms, or the person does by a link sent to the address as it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.utils.translation import gettext as _

SETTLED_FOR = timedelta(days=7)
"""So long before the request must the role and the address of a confirming administrator have
stayed as they are: nobody makes a second administrator in order to confirm."""


class Voice(Enum):
    """On what grounds somebody answers a request."""

    LINK = "the link that was sent to the person's address"
    ADMINISTRATOR = "the role of administrator"


@dataclass(frozen=True)
class Answerer:
    account: int
    voice: Voice
    changed_at: datetime | None = None
    """When the role or the address of this administrator last changed, as the log says."""


@dataclass(frozen=True)
class Asked:
    account: int
    asked_by: int
    asked_at: datetime
    is_open: bool
    is_current: bool
    """Whether the account is active and has the address that it had when this was asked."""


def must_be_confirmed(last_login: datetime | None) -> bool:
    return last_login is not None


def why_not_refuse(asked: Asked, by: Answerer) -> str:
    """Empty if they may: the person, and every administrator, the one who asked included."""
    if not asked.is_open:
        return _("This request is no longer open: it was answered, or it has expired.")
    return ""


def why_not_confirm(asked: Asked, by: Answerer) -> str:
    if why := why_not_refuse(asked, by):
        return why
    if not asked.is_current:
        return _("The account has changed since. Refuse this request, and ask again if needed.")
    if by.voice is Voice.LINK:
        return ""
    if by.account == asked.asked_by:
        return _("You asked for this, so somebody else has to confirm it.")
    if by.account == asked.account:
        return _("This is your own account: confirm it by the link that we emailed you.")
    if by.changed_at is not None and by.changed_at > asked.asked_at - SETTLED_FOR:
        return _(
            "Your own role or email address changed less than seven days before this request, so"
            " another administrator has to confirm it."
        )
    return ""
