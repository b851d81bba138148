"""Settings of allauth that are code: whose password it is, limits, texts, names of passkeys."""

import logging
import time
from threading import Timer
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ogp_tracker.accounts import limits
from ogp_tracker.common.addresses import absolute

logger = logging.getLogger(__name__)

SECONDS_BEFORE_SENDING = 0.5

WRONG_SIGN_IN = _(
    "The user name or password is wrong. Check both. Capital letters matter in the password."
)
WRONG_CODE = _(
    "This code is wrong, has expired or has been used. Enter the code that the app shows now."
)


def find_account(login: str) -> User | None:
    named = get_user_by_username(login)
    found = filter_users_by_email(login, prefer_verified=True, for_login=True)
    return cast("User | None", named or (found[0] if len(found) == 1 else None))


class OneHashBackend(AuthenticationBackend):
    """Hashes as often for an address that exists, which allauth tries twice, as for a stranger."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        account = find_account(credentials.get("username") or credentials.get("email") or "")
        return cast("User | None", self._check_password(account, credentials["password"]))


class AccountAdapter(DefaultAccountAdapter):
    """Only an administrator creates accounts; the error texts are this site's own."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("This is already your address."),
        "email_password_mismatch": WRONG_SIGN_IN,
        "enter_current_password": _("This is not your password. Enter the one you sign in with."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This is not your password. Enter the one you sign in with."),
        "rate_limited": limits.TOO_FAST,
        "too_many_login_attempts": limits.TOO_MANY_FAILED,
        "username_password_mismatch": WRONG_SIGN_IN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """What is refused for its number of attempts takes as long as what is judged."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            make_password(credentials["password"])
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """User name and email address of an account share one count of failures."""
        login = credentials.get("username") or credentials.get("email") or ""
        account = find_account(login)
        return f"account:{account.pk}" if account else f"unknown:{login.lower()}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A password that was typed or chosen to sign in is not asked for again at once."""
        records = get_authentication_records(self.request, self.request.user)
        typed = [one["at"] for one in records if one["method"] in {"password", "password_reset"}]
        recently = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        required = super().is_reauthentication_required(app=app, **kwargs)
        return bool(required and max(typed, default=0) < recently)

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

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Links are made from SITE_URL, not from the host that somebody asked for."""
        links = {
            name: absolute(urlsplit(value).path)
            for name, value in context.items()
            if name.endswith("_url")
        }
        context = context | links | {"site_url": settings.SITE_URL}
        return super().render_mail(template_prefix, email, context, headers)

    def set_password(self, user: User, password: str) -> None:
        """A first password changes nothing that its owner would have to be told of."""
        vars(user)["had_password"] = user.has_usable_password()
        super().set_password(user, password)

    def send_notification_mail(self, template: str, user: User, *how: Any, **more: Any) -> None:
        if vars(user).get("had_password", True):
            super().send_notification_mail(template, user, *how, **more)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Written for every address, and sent to accounts only, once the page has been answered."""
        context = context | {"email": email}
        message = self.render_mail("account/email/password_reset_key", email, context)
        Timer(SECONDS_BEFORE_SENDING, send_or_log, (message if user.pk else None,)).start()


def send_or_log(message: EmailMessage | None) -> None:
    try:
        if message:
            message.send()
    except OSError as error:
        logger.error("A link for a new password could not be sent: %s", error)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = 1 + Authenticator.objects.filter(user=user, type=type).count()
        return ngettext("My passkey", "My passkey %(number)d", number) % {"number": number}
