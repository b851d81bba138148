"""What people are told by email when an administrator adds or changes an account."""

import logging
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.approvers import account_name, administrators, approvers
from commitments.models import Membership
from ogp_tracker.accounts.account_log import log_change
from ogp_tracker.accounts.models import AccountChange, ChangeRequest
from ogp_tracker.common.addresses import absolute

SECONDS_A_DAY = 24 * 60 * 60

log = logging.getLogger(__name__)


def invite(account: User, by: User | None) -> None:
    """Send a new account the link with which its owner chooses a password; log that it went."""
    key = {
        "uidb36": user_pk_to_url_str(account),
        "key": default_token_generator.make_token(account),
    }
    was_sent = _send(
        "invitation",
        account.email,
        account,
        link=absolute(reverse("account_reset_password_from_key", kwargs=key)),
        again=absolute(reverse("account_reset_password")),
        days=settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_DAY,
    )
    if was_sent:
        log_change(account, AccountChange.Kind.INVITED, "", account.email, by)


def tell_of_new_role(role: Membership, words: str, by: User) -> None:
    """Tell the person, and those who sign off beside it: nobody becomes an approver unseen."""
    beside = set(administrators())
    if role.institution is not None:
        same = Membership.objects.filter(role=role.role, institution=role.institution)
        holders = same.filter(account__is_active=True).select_related("account")
        beside |= {*approvers(role.institution), *(one.account for one in holders)}
    sentence = _("%(by)s has given %(name)s a role: %(role)s.") % {
        "by": account_name(by),
        "name": account_name(role.account),
        "role": words,
    }
    title = _("%(name)s has a new role") % {"name": account_name(role.account)}
    _tell(beside - {by, role.account}, title, [sentence], role.account)
    # Who has only been invited reads of it in the invitation.
    if role.account != by and role.account.has_usable_password():
        mine = _("You have a new role: %s. My work lists what waits for you.") % words
        my_work = absolute(reverse("admin:index"))
        _tell({role.account}, _("You have a new role"), [mine], role.account, link=my_work)


def tell_of_change(account: User, before: str, by: User | None, done: list[str]) -> None:
    """Tell the person at the old and the new address, and all administrators."""
    title = _("The account of %(name)s was changed") % {"name": account_name(account)}
    who = account_name(by) if by else _("somebody with access to the server")
    sentences = [*done, _("This was done by %(name)s.") % {"name": who}]
    _tell({account, *administrators()} - {by}, title, sentences, account, before)


def tell_of_request(request: ChangeRequest, token: str) -> None:
    words = {"what": str(request), "by": account_name(request.asked_by)}
    was_sent = _send(
        "change_request",
        request.old_address,
        request.account,
        until=request.ends_at,
        link=absolute(reverse("account_change_request", args=[token])),
        **words,
    )
    if was_sent:
        ChangeRequest.objects.filter(pk=request.pk).update(told_at=timezone.now())
    title = _("A change to an account is waiting for confirmation")
    sentences = [
        _("%(by)s asks to %(what)s.") % words,
        _(
            "Nothing has changed yet. The person can confirm or refuse it by a link sent to their"
            " address. So can an administrator who did not ask for it. Ask the person first, in"
            " person or by telephone."
        ),
    ]
    page = absolute(reverse("admin:auth_user_request", args=[request.account_id]))
    others = set(administrators()) - {request.account, request.asked_by}
    _tell(others, title, sentences, request.account, link=page)


def tell_of_answer(request: ChangeRequest, what: str) -> None:
    is_confirmed = request.state == ChangeRequest.State.CONFIRMED
    title = (
        _("A change to an account was confirmed")
        if is_confirmed
        else _("A change to an account was refused")
    )
    words = {
        "what": what,
        "asked_by": account_name(request.asked_by),
        "by": account_name(request.settled_by),
    }
    sentences = [
        _("%(asked_by)s had asked to %(what)s.") % words,
        _("%(by)s has confirmed this, and it is done.") % words
        if is_confirmed
        else _("%(by)s has refused this. Nothing has changed.") % words,
    ]
    old = request.old_address
    _tell({request.account, *administrators()}, title, sentences, request.account, old)


def _tell(
    people: Iterable[Any],
    title: str,
    sentences: list[str],
    about: User,
    before: str = "",
    link: str = "",
) -> None:
    """`before`: another address at which the account that this is about gets the email too."""
    addresses = {one.email: one for one in people} | ({before: about} if before else {})
    link = link or absolute(reverse("account_overview"))
    for email, account in sorted(addresses.items()):
        _send("account_change", email, account, title=title, sentences=sentences, link=link)


def _send(template: str, email: str, account: User, **context: Any) -> bool:
    """Whether the mail server took it; no address, no email."""
    if not email:
        return False
    context |= {"email": email, "name": account_name(account), "contact": settings.CONTACT_EMAIL}
    try:
        get_adapter().render_mail(f"account/email/{template}", email, context).send()
    except OSError as error:
        log.error("An email about the account %s could not be sent: %s", account.pk, error)
        return False
    return True
