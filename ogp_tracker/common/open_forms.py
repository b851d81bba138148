"""Forms that anyone may send, without account, cookie or captcha: what bounds them.

A forged request could do no more than anyone can, so they need no token, and set no cookie for one.
"""

from collections.abc import Callable

from allauth.core.ratelimit import consume
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .client_address import client_address

AN_HOUR = 60 * 60


def refuse(
    request: HttpRequest, form: Form | ModelForm, limit: str, show: Callable[[int], HttpResponse]
) -> HttpResponse | None:
    """The form again, shown with a status, if it came from another site or too many were sent.

    `limit` is the name of a limit per network address in ACCOUNT_RATE_LIMITS.
    """
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        form.add_error(
            None, _("This form was sent from another site. Send it from this page instead.")
        )
        return show(403)
    if not consume(request, action=limit, key=client_address(request)):
        form.add_error(
            None, _("Too many forms were sent from your network address. Try again in an hour.")
        )
        response = show(429)
        response["Retry-After"] = str(AN_HOUR)
        return response
    return None
