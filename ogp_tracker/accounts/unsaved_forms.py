"""What somebody typed into a form that was not saved: shown on a page, and sent again from there.

Nothing is stored here: the page carries the fields of the form. It is only shown if the form was
submitted from this very site; another site could otherwise put words into an officer's form.
Passwords and codes are never given back, and files cannot be. How much can come back is bounded by
how much Django takes in (DATA_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_NUMBER_FIELDS).
"""

from enum import Enum
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

# Names of files are sent along, so that they are still shown when the form is sent a third time.
FILES = "held-files"
# Says that the form comes from a page that shows what it sends.
HELD = "held"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
NOT_HELD = frozenset({TOKEN, FILES, HELD})

# The names of buttons begin with it; their values were not typed.
BUTTON = "_"

# Fields of the pages for signing in; in the admin, a code is a key of a row.
SECRETS_OF_SIGN_IN = frozenset({"code", "credential"})

# A value with fewer words is a choice or a key rather than a text.
WORDS_OF_A_TEXT = 3


class RefusalReason(Enum):
    SIGNED_OUT = "signed_out"
    SIGNED_IN_AGAIN = "signed_in_again"
    SECOND_FACTOR = "second_factor"
    NO_ROLE = "no_role"


@never_cache
def keep_unsaved(request: HttpRequest, reason: RefusalReason) -> HttpResponse:
    """The caller must have made sure that the form came from this site."""
    return render(
        request,
        "accounts/held.html",
        {"reason": reason.value, **unsaved_fields(request)},
        status=403,
    )


def form_to_send_again(request: HttpRequest) -> dict[str, Any]:
    """For the page of an error: empty unless a form was sent, from here, and can be read."""
    try:
        if request.method == "POST" and comes_from_here(request):
            sent = unsaved_fields(request)
            return sent if sent["fields"] or sent["files"] else {}
    except (SuspiciousOperation, MultiPartParserError, OSError):
        # It is too large, or its sender stopped sending it.
        pass
    return {}


def unsaved_fields(request: HttpRequest) -> dict[str, Any]:
    secrets = {name for name in request.POST if "password" in name.lower()}
    if not request.path.startswith(reverse("admin:index")):
        secrets |= SECRETS_OF_SIGN_IN & request.POST.keys()
    fields = [
        (name, value)
        for name in request.POST
        if name not in NOT_HELD | secrets
        for value in request.POST.getlist(name)
    ]
    sent = [file.name for name in request.FILES for file in request.FILES.getlist(name)]
    if error := getattr(request, "upload_error", None):
        sent.append(error.filename)
    return {
        "again": request.get_full_path(),
        "token": request.POST.get(TOKEN, ""),
        "fields": fields,
        "texts": [
            value
            for name, value in fields
            if not name.startswith(BUTTON) and len(value.split()) >= WORDS_OF_A_TEXT
        ],
        "files": sorted({*sent, *request.POST.getlist(FILES)}),
        "files_field": FILES,
        "held_field": HELD,
        "has_secrets": bool(secrets),
    }


def comes_from_here(request: HttpRequest) -> bool:
    """As the browser says in `Origin`."""
    own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
    return request.headers.get("Origin", "").lower() in {origin.lower() for origin in own if origin}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Signing in makes a new token, so a form that an officer still has open has an old one.

    Sent from a page that shows what it sends, as the browser vouches for, it is taken as it is:
    nobody has to press twice.
    """
    ours = comes_from_here(request)
    if ours and request.method == "POST" and request.path.startswith(reverse("admin:index")):
        if not request.user.is_authenticated:
            return keep_unsaved(request, RefusalReason.SIGNED_OUT)
        if HELD not in request.POST or (match := request.resolver_match) is None:
            return keep_unsaved(request, RefusalReason.SIGNED_IN_AGAIN)
        post = request.POST.copy()
        post[TOKEN] = get_token(request)
        request.POST = post  # type: ignore[assignment]
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
    return render(request, "403_csrf.html", {"page": request.path if ours else ""}, status=403)
