"""Taking a second factor away from an account whose owner has lost phone and codes."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator


def reset_two_step_verification(account: Any) -> bool:
    """Take app, passkeys and recovery codes away; return whether there was anything to take.

    At the next sign-in the account is asked to set up a new one if it needs one.
    """
    taken, _ = Authenticator.objects.filter(user=account).delete()
    return bool(taken)


def tell_its_owner(account: Any) -> None:
    """Write to the owner of the account that its second factor was taken away."""
    get_adapter().send_notification_mail("account/email/second_factor_removed", account)
