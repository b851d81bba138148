"""The pages of an account that are not allauth's alone."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as second_factor
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from commitments.admin.access import rights_in
from ogp_tracker.accounts.change_requests import ANSWERS, CONFIRM, request_of, settle, why_not
from ogp_tracker.accounts.change_rules import Voice
from ogp_tracker.accounts.entry import has_second_factor
from ogp_tracker.accounts.two_step_verification import needs_two_steps


class OverviewView(second_factor.IndexView):
    template_name = "accounts/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rights = rights_in(self.request)
        return super().get_context_data(**kwargs) | {
            "may_enter": rights.may_enter,
            "needs_second_factor": needs_two_steps(rights),
            "has_second_factor": has_second_factor(self.request),
        }


@never_cache
@login_required
def why_second_factor(request: HttpRequest) -> HttpResponse:
    if has_second_factor(request):
        return redirect(get_next_redirect_url(request) or reverse("admin:index"))
    return render(
        request, "accounts/second_factor.html", {"needed": needs_two_steps(rights_in(request))}
    )


@never_cache
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Send officers who have signed in in another window back to their unsaved form."""
    return render(request, "accounts/signed_in.html")


@never_cache
def change_request(request: HttpRequest, token: str) -> HttpResponse:
    """Where the person confirms or refuses what an administrator wants to change; no sign-in."""
    waiting = request_of(token)
    answer = request.POST.get("answer", "")
    problem = ""
    if waiting is None:
        problem = gettext("This link is not complete, or it has expired.")
    elif answer in ANSWERS:
        confirm = answer == CONFIRM
        try:
            waiting = settle(waiting, by=waiting.account, voice=Voice.LINK, confirm=confirm)
        except ValidationError as refusal:
            problem = refusal.messages[0]
    else:
        problem = why_not(waiting, waiting.account, Voice.LINK, confirm=True)
    shown = {"waiting": waiting, "problem": problem, "answer": answer}
    return render(request, "accounts/change_request.html", shown)
