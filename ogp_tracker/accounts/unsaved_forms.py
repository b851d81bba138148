"""What somebody typed while the session ended: shown on a page, and sent again after sign-in.

Nothing is stored here: the page carries the fields of the form. It is only shown if the form was
submitted from this very site; another site could otherwise put words into an officer's form.
Passwords and codes are never given back, and files cannot be.
"""

from enum import Enum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

# Names of files are sent along, so that they are still shown when the form is sent a third time.
FILES = "held-files"
NOT_HELD = frozenset({"csrfmiddlewaretoken", FILES})

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
        {"reason": reason.value, "again": request.get_full_path(), **unsaved_fields(request)},
        status=403,
    )


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
    return {
        "fields": fields,
        "texts": [
            value
            for name, value in fields
            if not name.startswith(BUTTON) and len(value.split()) >= WORDS_OF_A_TEXT
        ],
        "files": sorted({*sent, *request.POST.getlist(FILES)}),
        "files_field": FILES,
        "has_secrets": bool(secrets),
    }


def comes_from_here(request: HttpRequest) -> bool:
    """As the browser says in `Origin`."""
    own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
    return request.headers.get("Origin", "").lower() in {origin.lower() for origin in own if origin}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in makes a new token, so a form that an officer still has open has an old one."""
    ours = comes_from_here(request)
    if ours and request.method == "POST" and request.path.startswith(reverse("admin:index")):
        signed_in = request.user.is_authenticated
        return keep_unsaved(
            request, RefusalReason.SIGNED_IN_AGAIN if signed_in else RefusalReason.SIGNED_OUT
        )
    return render(request, "403_csrf.html", {"page": request.path if ours else ""}, status=403)
