"""Too many attempts: the response is 429 and says when to try again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

# The longest of each kind in ACCOUNT_RATE_LIMITS, in seconds.
AFTER_FAILED_SIGN_INS = 5 * 60
AFTER_MANY_REQUESTS = 60

TOO_MANY_FAILED = _(
    "Too many attempts have failed, so you cannot sign in for five minutes. Wait, then try again."
    " To sign in now, use a passkey, or choose “Forgotten your password?” and open the link that"
    " we email you."
)
TOO_FAST = _("You have tried too often in a short time. Wait five minutes, then try again.")
CODES = frozenset({"too_many_login_attempts", "rate_limited"})


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(AFTER_MANY_REQUESTS)
    return response


def say_when_to_try_again(response: HttpResponse) -> HttpResponse:
    """The page of a form that was refused after too many failed attempts is answered with 429."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    errors = form.errors.as_data().values() if form else ()
    if any(error.code in CODES for found in errors for error in found):
        response.status_code = 429
        response["Retry-After"] = str(AFTER_FAILED_SIGN_INS)
    return response
