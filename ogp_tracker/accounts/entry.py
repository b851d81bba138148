"""Who may enter the admin, and what happens to the others."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commitments.admin.access import rights_in
from ogp_tracker.accounts.two_step_verification import needs_two_steps
from ogp_tracker.accounts.unsaved_forms import RefusalReason, keep_unsaved

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def deny_entry(request: HttpRequest) -> HttpResponse | None:
    """None if the account may enter now; otherwise nothing that was typed is lost."""
    end_half_sign_in(request)
    rights = rights_in(request)
    if not request.user.is_authenticated:
        reason, page = RefusalReason.SIGNED_OUT, "account_login"
    elif not rights.may_enter:
        reason, page = RefusalReason.NO_ROLE, ""
    elif needs_two_steps(rights) and not has_second_factor(request):
        reason, page = RefusalReason.SECOND_FACTOR, "account_second_factor"
    else:
        return None
    if request.method == "POST":
        return keep_unsaved(request, reason)
    if page:
        return redirect_to_login(request.get_full_path(), reverse(page))
    return render(request, "accounts/no_role.html", status=403)


def has_second_factor(request: HttpRequest) -> bool:
    known: dict[object, bool] = request.__dict__.setdefault("second_factors", {})
    if request.user.pk not in known:
        known[request.user.pk] = is_mfa_enabled(request.user, SECOND_FACTORS)
    return known[request.user.pk]


def end_half_sign_in(request: HttpRequest) -> None:
    """Sign out an account that has a second factor but signed in without it.

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
