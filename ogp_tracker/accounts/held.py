"""What somebody typed while the session ended: held on a page, and sent again after signing in.

The page is the browser's own copy: nothing is kept here. It carries the fields of the form that
was sent, so it is only given to who has sent them from this very site; another site could
otherwise put words into an officer's form. Passwords are never given back, and files cannot be.
"""

from enum import Enum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

# The names of files go along, so that who sends the form a third time still knows them.
FILES = "held-files"
NOT_HELD = frozenset({"csrfmiddlewaretoken", FILES})

# How the names of buttons begin, whose words nobody typed.
BUTTON = "_"

# Fewer words than this are a choice or a key rather than something written.
WORDS_OF_A_TEXT = 3


class Reason(Enum):
    """Why a form was not accepted."""

    SIGNED_OUT = "signed_out"
    SIGNED_IN_AGAIN = "signed_in_again"
    SECOND_FACTOR = "second_factor"
    NO_ROLE = "no_role"


@never_cache
def hold(request: HttpRequest, reason: Reason) -> HttpResponse:
    """Answer with a page that holds what was typed, says why, and what to do now.

    Whoever calls it has made sure that the form came from this site.
    """
    return render(
        request,
        "accounts/held.html",
        {"reason": reason.value, "again": request.get_full_path(), **held(request)},
        status=403,
    )


def held(request: HttpRequest) -> dict[str, Any]:
    """Return the fields to send again, the texts to read, the files and passwords left out."""
    names = [name for name in request.POST if name not in NOT_HELD]
    fields = [
        (name, value)
        for name in names
        if not is_secret(name)
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
        "has_secrets": any(is_secret(name) for name in names),
    }


def is_secret(name: str) -> bool:
    """Return whether a field of this name holds a password, or a part of one."""
    return "password" in name.lower()


def comes_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that the form was sent from a page of this very site."""
    own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
    return request.headers.get("Origin", "").lower() in {origin.lower() for origin in own if origin}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is not valid (Django calls it with its own `reason`).

    Signing in makes a new token, so the form that an officer has still open has an old one.
    """
    ours = comes_from_here(request)
    if ours and request.method == "POST" and request.path.startswith(reverse("admin:index")):
        signed_in = request.user.is_authenticated
        return hold(request, Reason.SIGNED_IN_AGAIN if signed_in else Reason.SIGNED_OUT)
    return render(request, "403_csrf.html", {"page": request.path if ours else ""}, status=403)
