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
class Answer:
    """Somebody wants to answer a request; accounts are given by their keys."""

    account: int
    asked_by: int
    asked_at: datetime
    is_open: bool
    is_current: bool
    """Whether the account is active and has the address that it had when this was asked."""
    by: int
    voice: Voice
    changed_at: datetime | None = None
    """When the role or the address of this administrator last changed, as the log says."""


def must_be_confirmed(last_login: datetime | None) -> bool:
    return last_login is not None


def why_not_refuse(one: Answer) -> str:
    """Empty if they may: the person, and every administrator, the one who asked included."""
    if not one.is_open:
        return _("This request is no longer open: it was answered, or it has expired.")
    return ""


def why_not_confirm(one: Answer) -> str:
    if why := why_not_refuse(one):
        return why
    if not one.is_current:
        return _("The account has changed since. Refuse this request, and ask again if needed.")
    if one.voice is Voice.LINK and one.by == one.account:
        return ""
    if one.by == one.asked_by:
        return _("You asked for this, so somebody else has to confirm it.")
    if one.by == one.account:
        return _("This is your own account: confirm it by the link that we emailed you.")
    if one.changed_at is not None and one.changed_at > one.asked_at - SETTLED_FOR:
        return _(
            "Your own role or email address changed less than seven days before this request, so"
            " another administrator has to confirm it."
        )
    return ""
