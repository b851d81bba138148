"""What goes wrong, told as problem details after RFC 9457, in words that help."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views import defaults
from rest_framework import exceptions

from ogp_tracker.common.server_error import server_error as page_of_server_error

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name, which is a place on the page of the API, and its title."""

    name: str
    status: int
    title: str
    meaning: str


KINDS = (
    Kind(
        "invalid-parameters",
        400,
        "A parameter cannot be used",
        "The address has a parameter that this list does not have, a value that it does not know,"
        " or the same parameter twice. “errors” says for each parameter what is wrong.",
    ),
    Kind(
        "not-found",
        404,
        "There is nothing at this address",
        "No row has this key, or it is not published.",
    ),
    Kind(
        "method-not-allowed",
        405,
        "The API can only be read",
        "Use GET, HEAD or OPTIONS.",
    ),
    Kind(
        "not-acceptable",
        406,
        "There is no such format here",
        "The header “Accept” leaves out JSON, in which the API answers.",
    ),
    Kind(
        "too-many-requests",
        429,
        "Too many requests",
        "The header “Retry-After” says after how many seconds to try again.",
    ),
    Kind(
        "bad-request",
        400,
        "The request cannot be read",
        "Something about the request itself is wrong, such as its host.",
    ),
    Kind(
        "server-error",
        500,
        "Something went wrong here",
        "It is our fault. It is written down; please try again later.",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


class WrongParameters(exceptions.APIException):
    """Parameters that cannot be used, each with a sentence."""

    status_code = 400

    def __init__(self, errors: dict[str, str]) -> None:
        """Take the sentences by the name of the parameter."""
        super().__init__()
        self.errors = errors


def problem(
    request: HttpRequest, name: str, detail: str, errors: dict[str, str] | None = None
) -> HttpResponse:
    """Return the answer for a problem of this kind."""
    kind = BY_NAME[name]
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}{reverse('api_docs')}#{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": request.get_full_path(),
    }
    if errors is not None:
        body["errors"] = [{"parameter": one, "detail": text} for one, text in errors.items()]
    answer = HttpResponse(orjson.dumps(body), status=kind.status, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    patch_vary_headers(answer, ["Accept"])
    return answer


def from_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return the answer for what a view of the API raised; None if it is a fault of ours."""
    request = context["request"]
    match error:
        case WrongParameters():
            return problem(
                request, "invalid-parameters", " ".join(error.errors.values()), error.errors
            )
        case Http404():
            return problem(request, "not-found", str(error))
        case exceptions.MethodNotAllowed():
            detail = f"{_short(request.method)} is not possible: nothing can be changed here."
            return problem(request, "method-not-allowed", f"{detail} Use GET, HEAD or OPTIONS.")
        case exceptions.NotAcceptable():
            types = _in_words(one.media_type for one in context["view"].renderer_classes)
            detail = f"This address answers in {types}. Ask for it in the header “Accept”."
            return problem(request, "not-acceptable", detail)
        case exceptions.Throttled():
            seconds = int(error.wait or 1)
            detail = (
                f"There were more than {settings.API_REQUESTS_PER_MINUTE} requests in a minute from"
                f" your address. Try again in {seconds} second{'' if seconds == 1 else 's'}. Whole"
                " tables can be had as one file at /data/."
            )
            answer = problem(request, "too-many-requests", detail)
            answer["Retry-After"] = str(seconds)
            return answer
        case exceptions.APIException() | PermissionDenied():
            return problem(request, "bad-request", str(error))
    return None


def for_api(name: str, detail: str, otherwise: Callable[..., HttpResponse]) -> Any:
    """Make a handler of Django's that answers so below /api/, and `otherwise` elsewhere."""

    def handler(request: HttpRequest, *given: Any, **more: Any) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            return problem(request, name, detail)
        return otherwise(request, *given, **more)

    return handler


bad_request = for_api(
    "bad-request", "The request cannot be read. Check its address.", defaults.bad_request
)
page_not_found = for_api(
    "not-found", "The API has no such address. /api/v1/ lists what it has.", defaults.page_not_found
)
server_error = for_api(
    "server-error",
    "Something went wrong here, and it was written down. Please try again later.",
    page_of_server_error,
)


def _short(text: str | None) -> str:
    return (text or "")[:20]


def _in_words(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} or {last}" if first else last
