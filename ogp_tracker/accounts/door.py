"""The door of the Admin section: who may enter, and what the others are told."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commitments.admin.access import rights_in
from ogp_tracker.accounts.held import Reason, hold

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def stopped_at_the_door(request: HttpRequest) -> HttpResponse | None:
    """Return what somebody is told who may not enter now, or None for who may.

    What was typed is held, whatever the reason.
    """
    typed = request.method == "POST"
    end_half_sign_in(request)
    if not request.user.is_authenticated:
        return hold(request, Reason.SIGNED_OUT) if typed else to_sign_in(request)
    rights = rights_in(request)
    if not rights.may_enter:
        return hold(request, Reason.NO_ROLE) if typed else no_role(request)
    if rights.needs_second_factor and not has_second_factor(request):
        return hold(request, Reason.SECOND_FACTOR) if typed else to_second_factor(request)
    return None


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether the account has set up a second factor; asked once per request."""
    known: dict[object, bool] = request.__dict__.setdefault("second_factors", {})
    if request.user.pk not in known:
        known[request.user.pk] = is_mfa_enabled(request.user, SECOND_FACTORS)
    return known[request.user.pk]


def end_half_sign_in(request: HttpRequest) -> None:
    """Sign out whoever came with the password only, when the account asks for more by now.

    Otherwise a session that began before the second factor was set up would go on without it.
    """
    if (
        request.user.is_authenticated
        and has_second_factor(request)
        and not any(
            record["method"] == "mfa"
            for record in get_authentication_records(request, request.user)
        )
    ):
        logout(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and from there back to the page that was asked for."""
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to the page that says why a second factor is needed and how to set one up."""
    return redirect_to_login(request.get_full_path(), reverse("account_second_factor"))


def no_role(request: HttpRequest) -> HttpResponse:
    """Say that the account has no role yet."""
    return render(request, "accounts/no_role.html", status=403)
