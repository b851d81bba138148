"""Resetting two-step verification for an owner who has lost phone and codes."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User


def reset_two_step_verification(account: User) -> bool:
    """Remove app, passkeys and recovery codes; return whether there were any.

    At the next sign-in the account is asked to set up a new second factor if it needs one.
    """
    removed, _ = Authenticator.objects.filter(user=account).delete()
    return bool(removed)


def tell_its_owner(account: User) -> None:
    get_adapter().send_notification_mail("account/email/second_factor_removed", account)
