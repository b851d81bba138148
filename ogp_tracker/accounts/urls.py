"""The addresses of an account: only those of allauth that the tracker needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.generic import RedirectView

from ogp_tracker.accounts import views
from ogp_tracker.accounts.entry import end_half_sign_in
from ogp_tracker.accounts.limits import say_when_to_try_again


def complete(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """End a session without the second factor that its account has; 429 for too many attempts."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_half_sign_in(request)
        return say_when_to_try_again(view(request, *args, **kwargs))

    return wrapped


overview = complete(views.OverviewView.as_view())

urlpatterns = [
    path("", overview, name="account_overview"),
    path("", overview, name="mfa_index"),
    # Signing in and out
    path("login/", complete(account.login), name="account_login"),
    path("2fa/authenticate/", complete(second_factor.authenticate), name="mfa_authenticate"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("signed-in/", complete(views.signed_in), name="account_signed_in"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    # Password and email address
    path("reauthenticate/", complete(account.reauthenticate), name="account_reauthenticate"),
    path("email/", complete(account.email), name="account_email"),
    path("confirm-email/<key>/", account.confirm_email, name="account_confirm_email"),
    path("password/change/", complete(account.password_change), name="account_change_password"),
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # The key has dashes of its own.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Second factor
    path("second-factor/", complete(views.why_second_factor), name="account_second_factor"),
    path("2fa/totp/activate/", complete(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", complete(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        complete(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        complete(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        complete(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", complete(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", complete(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        complete(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        complete(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
