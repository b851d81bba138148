"""What a person is told by email when an administrator adds or changes their account."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from ogp_tracker.common.addresses import absolute

SECONDS_A_DAY = 24 * 60 * 60


def invite(request: HttpRequest, account: User) -> None:
    """Send a new account the link with which its owner chooses a password."""
    key = {
        "uidb36": user_pk_to_url_str(account),
        "key": default_token_generator.make_token(account),
    }
    _send(
        request,
        "account/email/invitation",
        account.email,
        account,
        link=absolute(reverse("account_reset_password_from_key", kwargs=key)),
        again=absolute(reverse("account_reset_password")),
        days=settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_DAY,
    )


def tell_of_new_address(request: HttpRequest, account: User, before: str) -> None:
    """Tell both addresses that an administrator has changed it, so that no account is taken over
    without a word to its owner."""
    for email in {before, account.email} - {""}:
        _send(request, "account/email/address_changed", email, account, before=before)


def _send(request: HttpRequest, template: str, email: str, account: User, **context: Any) -> None:
    username = account.get_username()
    context |= {"name": account.get_full_name() or username, "username": username}
    context |= {"to": account.email}
    # After the transaction, the request may no longer be the one that allauth knows.
    with request_context(request):
        get_adapter().send_mail(template, email, context)
