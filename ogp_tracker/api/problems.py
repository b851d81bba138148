"""Errors as problem details after RFC 9457, in words that help."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.text import get_text_list
from rest_framework import exceptions

from commitments import former_addresses
from ogp_tracker.common.addresses import absolute

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: its name, which is an anchor on the page of the API, and its title."""

    name: str
    status: int
    title: str
    meaning: str


KINDS = (
    ProblemKind(
        "invalid-parameters",
        400,
        "Invalid parameters",
        "The address has an unknown parameter, a value that is not valid, or the same parameter"
        " twice. “errors” says what is wrong with each parameter.",
    ),
    ProblemKind("not-found", 404, "Not found", "No published row has this key."),
    ProblemKind("method-not-allowed", 405, "The API is read-only", "Use GET, HEAD or OPTIONS."),
    ProblemKind(
        "not-acceptable",
        406,
        "Format not available",
        "The “Accept” header does not allow any format that this address has. Allow JSON.",
    ),
    ProblemKind(
        "too-many-requests",
        429,
        "Too many requests",
        "The “Retry-After” header says how many seconds to wait.",
    ),
    ProblemKind(
        "bad-request",
        400,
        "Bad request",
        "Something is wrong with the request itself, such as its host.",
    ),
    ProblemKind(
        "server-error",
        500,
        "Something went wrong",
        "This is our fault, and it has been logged. Try again later.",
    ),
    ProblemKind(
        "database-unavailable",
        503,
        "Not available right now",
        "This site’s database is not answering. The “Retry-After” header says how many seconds to"
        " wait.",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


class InvalidParameters(exceptions.APIException):
    """Parameters that cannot be used, with a sentence for each by its name."""

    status_code = 400

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


def body_of(
    kind: ProblemKind, detail: str, instance: str, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"{absolute(reverse('api_docs'))}#{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": instance,
    }
    if errors is not None:
        body["errors"] = [{"parameter": one, "detail": text} for one, text in errors.items()]
    return body


def problem(
    request: HttpRequest, name: str, detail: str, errors: dict[str, str] | None = None
) -> HttpResponse:
    kind = BY_NAME[name]
    body = orjson.dumps(body_of(kind, detail, request.get_full_path(), errors))
    response = HttpResponse(body, status=kind.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept"])
    return response


def from_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Exception handler of Django REST framework; None for a fault of ours."""
    request = context["request"]
    match error:
        case InvalidParameters():
            return problem(
                request, "invalid-parameters", " ".join(error.errors.values()), error.errors
            )
        case Http404():
            return former_addresses.moved(request) or problem(request, "not-found", str(error))
        case exceptions.MethodNotAllowed():
            method = (request.method or "")[:20]
            detail = f"{method} is not allowed: the API is read-only. Use GET, HEAD or OPTIONS."
            return problem(request, "method-not-allowed", detail)
        case exceptions.NotAcceptable():
            types = [one.media_type for one in context["view"].renderer_classes]
            formats = get_text_list(types, "or")
            detail = f"This address returns {formats}. Allow it in the “Accept” header."
            return problem(request, "not-acceptable", detail)
        case exceptions.Throttled():
            seconds = int(error.wait or 1)
            detail = (
                f"Your address made more than {settings.API_REQUESTS_PER_MINUTE} requests in a"
                f" minute. Try again in {seconds} second{'' if seconds == 1 else 's'}. You can"
                " download whole tables at /data/."
            )
            response = problem(request, "too-many-requests", detail)
            response["Retry-After"] = str(seconds)
            return response
        case exceptions.APIException() | PermissionDenied():
            return problem(request, "bad-request", str(error))
    return None


def for_api(
    name: str, detail: str, otherwise: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """A handler of Django's that returns a problem below /api/, and `otherwise` elsewhere."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            return problem(request, name, detail)
        return otherwise(request, *args, **kwargs)

    return handler


page_not_found = for_api(
    "not-found",
    "The API does not have this address. All addresses are listed at /api/v1/.",
    former_addresses.page_not_found,
)
