"""The addresses of an account: only those of allauth that the tracker needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as codes
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


FOR_WHOLE_SESSIONS: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
    ("login/", account.login, "account_login"),
    ("2fa/authenticate/", second_factor.authenticate, "mfa_authenticate"),
    ("signed-in/", views.signed_in, "account_signed_in"),
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    ("email/", account.email, "account_email"),
    ("password/change/", account.password_change, "account_change_password"),
    ("second-factor/", views.why_second_factor, "account_second_factor"),
    ("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("2fa/recovery-codes/generate/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("2fa/recovery-codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    ("2fa/webauthn/", passkeys.list_webauthn, "mfa_list_webauthn"),
    ("2fa/webauthn/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
)
"""Route, view and name of each page that goes through `complete`."""

overview = complete(views.OverviewView.as_view())

urlpatterns = [
    path("", overview, name="account_overview"),
    path("", overview, name="mfa_index"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("confirm-email/<key>/", account.confirm_email, name="account_confirm_email"),
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("change/<token>/", views.change_request, name="account_change_request"),
    # The key has dashes of its own.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    *(path(route, complete(view), name=name) for route, view, name in FOR_WHOLE_SESSIONS),
]
