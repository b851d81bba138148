"""The addresses of the API. Each allows GET, HEAD and OPTIONS to anyone, without a cookie."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from irm.codebook import BY_NAME, NOTHINGS, VARIABLES, ReportKind, Variable
from ogp_tracker.api import description, parameters, reading, renderers
from ogp_tracker.api.cursor import InvalidCursor
from ogp_tracker.api.page import docs_context
from ogp_tracker.api.parameters import CURSOR
from ogp_tracker.api.problems import InvalidParameters
from ogp_tracker.api.resources import RESOURCES, Resource
from ogp_tracker.common.addresses import absolute
from ogp_tracker.opendata.freshness import Freshness

Key = str | int | UUID


class PublicView(APIView):
    """A response that depends only on its address, the public data and the date."""

    http_method_names = ["get", "head", "options"]
    operation = ""
    """Its name in the description of the API."""
    tag = "api"

    def get(self, request: Request, **key: Key) -> HttpResponse:
        """Status 304 if the reader's copy is still good."""
        freshness = Freshness.for_request(request, request.accepted_renderer.media_type)
        if (unchanged := freshness.not_modified(request)) is not None:
            return unchanged
        response = self.make_response(request, freshness.on, **key)
        if request.headers.get("If-None-Match", "").strip() == "*":
            response = HttpResponse(status=304)
        return freshness.set_headers(response)

    def make_response(self, request: Request, on: date, **key: Key) -> HttpResponse:
        """Raises InvalidParameters or Http404."""
        if errors := parameters.name_errors(request.query_params, []):
            raise InvalidParameters(errors)
        return Response(self.data(on, **key))

    def data(self, on: date, **key: Key) -> Any:
        """The content, where the address takes no parameters. Raises Http404."""
        raise NotImplementedError

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The header Allow, which every response has, says what can be done here."""
        return HttpResponse(status=204)


class RootView(PublicView):
    """What the API has."""

    operation = "get_root"

    def data(self, on: date, **key: Key) -> dict[str, str]:
        lists = [resource.name for resource in RESOURCES] + ["codebook"]
        return {
            **{name: absolute(reverse(f"api_{name}")) for name in lists},
            "schema": absolute(reverse("api_schema")),
            "documentation": absolute(reverse("api_docs")),
        }


class ListView(PublicView):
    """A list of the rows of a public table."""

    resource: Resource = None  # type: ignore[assignment]

    def make_response(self, request: Request, on: date, **key: Key) -> HttpResponse:
        """One page; the header Link has the address of the next one."""
        resource = self.resource
        wanted = parameters.read(resource, request.query_params, on)
        try:
            rows, next_cursor = reading.page_of(resource, wanted, on)
        except InvalidCursor:
            detail = (
                "This cursor is not from this list in this order. Use an address from “next”, or"
                f" remove “{CURSOR}” to start at the first row."
            )
            raise InvalidParameters({CURSOR: detail}) from None
        following = None
        if next_cursor:
            query = {**request.query_params.dict(), CURSOR: next_cursor}
            following = f"{absolute(reverse(f'api_{resource.name}'))}?{urlencode(query)}"
        data = {"next": following, "results": rows}
        return Response(data, headers={"Link": f'<{following}>; rel="next"'} if following else {})


class DetailView(PublicView):
    """One row of a public table, named by its key."""

    resource: Resource = None  # type: ignore[assignment]

    def data(self, on: date, **key: Key) -> Any:
        row = reading.row_of(self.resource, key, on)
        if row is None:
            values = get_text_list([f"{name} “{value}”" for name, value in key.items()], "and")
            raise Http404(f"No published {self.resource.row_name.lower()} has {values}.")
        return row


def codebook_entry(variable: Variable) -> dict[str, Any]:
    return {
        "variable": variable.name,
        "label": str(variable.label),
        "definition": str(variable.definition),
        "values": [
            {"code": value.code, "label": str(value.label), "definition": value.meaning}
            for value in (*variable.values, *NOTHINGS)
        ],
        "is_complete": variable.is_complete,
        "given_in": [kind for kind in ReportKind.values if kind in variable.given_in],
        "source": variable.source,
    }


class CodebookListView(PublicView):
    """Every variable that assessors code."""

    operation = "list_codebook"
    tag = "codebook"

    def data(self, on: date, **key: Key) -> dict[str, Any]:
        return {"next": None, "results": [codebook_entry(one) for one in VARIABLES]}


class CodebookDetailView(PublicView):
    """One variable that assessors code."""

    operation = "get_variable"
    tag = "codebook"

    def data(self, on: date, **key: Key) -> dict[str, Any]:
        name = str(key["variable"])
        if name not in BY_NAME:
            raise Http404(f"The codebook has no variable “{name}”.")
        return codebook_entry(BY_NAME[name])


class SchemaView(PublicView):
    """The description of the API for programs: OpenAPI 3.1."""

    operation = "get_schema"
    renderer_classes = (
        renderers.OpenAPIJSONRenderer,
        renderers.OpenAPINamedJSONRenderer,
        renderers.OpenAPIYAMLRenderer,
        renderers.OpenAPINamedYAMLRenderer,
    )

    def data(self, on: date, **key: Key) -> dict[str, bytes]:
        return description.written()


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    of_this_site = {
        "limit": settings.API_REQUESTS_PER_MINUTE,
        "site_url": settings.SITE_URL,
        "schema_address": absolute(reverse("api_schema")),
    }
    return render(request, "api/docs.html", docs_context() | of_this_site)
