"""allauth's forms with this site's labels and help texts, and no placeholders."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FieldTexts = dict[str, tuple[str | Promise, str | Promise | None]]


class PlainTexts:
    """A form whose `texts` are the label and the help text of each field.

    A help text of None keeps the one that the field has.
    """

    texts: FieldTexts = {}
    attributes: dict[str, dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for field in fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, (label, help_text) in self.texts.items():
            fields[name].label = label
            if help_text is not None:
                fields[name].help_text = help_text
        for name, attributes in self.attributes.items():
            fields[name].widget.attrs |= attributes


NEW_PASSWORD: FieldTexts = {
    "password1": (_("New password"), None),
    "password2": (_("New password again"), ""),
}
CODE = {"inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class LoginForm(PlainTexts, account.LoginForm):
    texts: FieldTexts = {
        "login": (_("User name or email address"), ""),
        "password": (_("Password"), ""),
    }
    attributes = {
        "login": {
            "autocomplete": "username webauthn",
            "autocapitalize": "off",
            "spellcheck": "false",
        }
    }


class ReauthenticateForm(PlainTexts, account.ReauthenticateForm):
    texts: FieldTexts = {"password": (_("Password"), "")}


class ChangePasswordForm(PlainTexts, account.ChangePasswordForm):
    texts: FieldTexts = {"oldpassword": (_("Current password"), ""), **NEW_PASSWORD}


class ResetPasswordForm(PlainTexts, account.ResetPasswordForm):
    texts: FieldTexts = {"email": (_("Email address"), "")}
    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        # For a stranger the same is done as for an account, so that the time does not tell.
        self.users = self.users or [User(pk=0)]
        return email


class ResetPasswordKeyForm(PlainTexts, account.ResetPasswordKeyForm):
    texts = NEW_PASSWORD


class AddEmailForm(PlainTexts, account.AddEmailForm):
    texts: FieldTexts = {
        "email": (
            _("New email address"),
            _(
                "We will send a link to it. Open the link to use the new address instead of the"
                " old one."
            ),
        )
    }


class SecondFactorForm(PlainTexts, AuthenticateForm):
    texts: FieldTexts = {
        "code": (
            _("Code"),
            _("Six digits from the app, or one of your recovery codes of eight digits."),
        )
    }
    attributes = {"code": CODE}

    def clean_code(self) -> str:
        """A code of the app is valid once, for as long as it could be used again."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(letter for letter in code if letter.isdigit())
            lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            if not cache.add(f"signin:code:{self.user.pk}:{digits}", True, timeout=lasts):
                raise get_adapter().validation_error("incorrect_code")
        return code


class ActivateTOTPForm(PlainTexts, totp.ActivateTOTPForm):
    texts: FieldTexts = {"code": (_("Code that the app shows now"), _("Six digits."))}
    attributes = {"code": CODE}


class AddPasskeyForm(PlainTexts, webauthn.AddWebAuthnForm):
    texts: FieldTexts = {
        "name": (_("Name"), _("To help you recognise it, such as “Office laptop”.")),
        "passwordless": (
            _("Sign in with this passkey alone, without the password"),
            _(
                "You will be asked for your fingerprint, face or PIN each time. Untick this for an"
                " older security key that cannot do this."
            ),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class RenamePasskeyForm(PlainTexts, webauthn.EditWebAuthnForm):
    texts: FieldTexts = {"name": (_("Name"), "")}
