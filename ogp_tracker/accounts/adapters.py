"""Settings of allauth that are code: who may sign up, texts, the names of passkeys."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ogp_tracker.accounts import limits
from ogp_tracker.common.addresses import absolute

WRONG_SIGN_IN = _(
    "The name or the password is wrong. Check both; capital letters matter in the password."
)
WRONG_CODE = _(
    "This code is wrong or has run out, or has been used. Type the one that the app shows now."
)


class AccountAdapter(DefaultAccountAdapter):
    """Only an administrator creates accounts; the error texts are this site's own."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": WRONG_SIGN_IN,
        "enter_current_password": _("This is not your password. Type the one you sign in with."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This is not your password. Type the one you sign in with."),
        "rate_limited": limits.TOO_FAST,
        "too_many_login_attempts": limits.TOO_MANY_FAILED,
        "username_password_mismatch": WRONG_SIGN_IN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """The password; an account without one, which has a passkey, has to set one first."""
        if not user.is_authenticated:
            return []
        if not user.has_usable_password():
            return [{"id": "reset_password", "url": reverse("account_reset_password")}]
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_overview")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_overview")

    def format_email_subject(self, subject: str) -> str:
        return f"{gettext('Open Government Tracker')}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links are made from SITE_URL, not from the host that somebody asked for."""
        links = {
            name: absolute(urlsplit(value).path)
            for name, value in context.items()
            if name.endswith("_url")
        }
        super().send_mail(template_prefix, email, context | links | {"site_url": settings.SITE_URL})


class SecondFactorAdapter(DefaultMFAAdapter):
    """The tracker's name in apps and browsers that keep a second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = 1 + Authenticator.objects.filter(user=user, type=type).count()
        return ngettext("My passkey", "My passkey %(number)d", number) % {"number": number}
