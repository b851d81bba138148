"""The addresses of the API. Each answers GET, HEAD and OPTIONS, to anybody, without a cookie."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ogp_tracker.api import codebook, parameters, reading, renderers
from ogp_tracker.api.cursor import BadCursor
from ogp_tracker.api.parameters import CURSOR
from ogp_tracker.api.problems import WrongParameters
from ogp_tracker.api.resources import RESOURCES, Resource
from ogp_tracker.api.serializers import LISTS, ROWS
from ogp_tracker.opendata.freshness import Freshness


class PublicView(APIView):
    """An answer that depends on nothing but its address, the public data and the day."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, **key: Any) -> HttpResponse:
        """Answer 304 if the reader's copy is still good, and otherwise with the data."""
        freshness = Freshness.of(request, request.accepted_renderer.media_type)
        if (unchanged := freshness.not_modified(request)) is not None:
            return unchanged
        answer = self.answer(request, freshness.on, **key)
        if request.headers.get("If-None-Match", "").strip() == "*":
            answer = HttpResponse(status=304)
        return freshness.mark(answer)

    def answer(self, request: Request, on: date, **key: Any) -> HttpResponse:
        """Return the answer, read on the day `on`. Raises WrongParameters, Http404."""
        if errors := parameters.wrong_names(request.query_params, []):
            raise WrongParameters(errors)
        return Response(self.data(on, **key))

    def data(self, on: date, **key: Any) -> Any:
        """Return what is answered where the address takes no parameters. Raises Http404."""
        raise NotImplementedError

    def options(self, request: Request, *given: Any, **key: Any) -> HttpResponse:
        """Say what can be done here, in the header Allow that every answer has."""
        return HttpResponse(status=204)


class RootView(PublicView):
    """What the API has."""

    def data(self, on: date, **key: Any) -> dict[str, str]:
        """Return the address of each list, of the description and of the page to read."""
        lists = [resource.name for resource in RESOURCES] + ["codebook"]
        return {
            **{name: full_address(f"api_{name}") for name in lists},
            "schema": full_address("api_schema"),
            "documentation": full_address("api_docs"),
        }


class ListView(PublicView):
    """A list of the rows of a public table."""

    resource: Resource = None  # type: ignore[assignment]

    def answer(self, request: Request, on: date, **key: Any) -> HttpResponse:
        """Return one page, and in the header Link where the next one is."""
        resource = self.resource
        asked = parameters.read(resource, request.query_params, on)
        try:
            page = reading.page_of(resource, asked.ordered, asked.cursor, asked.size, on)
        except BadCursor:
            detail = (
                "This cursor does not belong to this list in this order. Take the address of a"
                f" page as “next” gives it, or leave “{CURSOR}” out to begin at the first row."
            )
            raise WrongParameters({CURSOR: detail}) from None
        following = None
        if page.next_cursor:
            query = {**request.query_params.dict(), CURSOR: page.next_cursor}
            following = f"{full_address(f'api_{resource.name}')}?{urlencode(query)}"
        data = LISTS[resource.name]({"next": following, "results": page.rows}).data
        return Response(data, headers={"Link": f'<{following}>; rel="next"'} if following else {})


class DetailView(PublicView):
    """One row of a public table, named by its key."""

    resource: Resource = None  # type: ignore[assignment]

    def data(self, on: date, **key: Any) -> Any:
        """Return the row. Raises Http404 if there is none that is public."""
        row = reading.row_of(self.resource, key, on)
        if row is None:
            named = ", ".join(f"{name} “{value}”" for name, value in key.items())
            raise Http404(f"There is no {self.resource.one.lower()} with {named} here.")
        return ROWS[self.resource.name](row).data


class CodebookListView(PublicView):
    """Every variable that assessors code."""

    def data(self, on: date, **key: Any) -> dict[str, Any]:
        """Return the variables, all on one page."""
        return {"next": None, "results": codebook.entries()}


class CodebookDetailView(PublicView):
    """One variable that assessors code."""

    def data(self, on: date, **key: Any) -> dict[str, Any]:
        """Return the variable. Raises Http404 if there is none of this name."""
        found = codebook.entry_named(key["variable"])
        if found is None:
            raise Http404(f"The codebook has no variable “{key['variable']}”.")
        return found


class SchemaView(PublicView):
    """The description of the API for programs: OpenAPI 3.1."""

    renderer_classes = (
        renderers.OpenAPIJSONRenderer,
        renderers.OpenAPINamedJSONRenderer,
        renderers.OpenAPIYAMLRenderer,
        renderers.OpenAPINamedYAMLRenderer,
    )

    def data(self, on: date, **key: Any) -> dict[str, bytes]:
        """Return the description in each format."""
        from ogp_tracker.api.description import written

        return written()


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show how the API is asked, list by list and field by field."""
    from ogp_tracker.api.page import page

    of_this_site = {
        "limit": settings.API_REQUESTS_PER_MINUTE,
        "site_url": settings.SITE_URL,
        "schema_address": full_address("api_schema"),
    }
    return render(request, "api/docs.html", page() | of_this_site)


def full_address(name: str) -> str:
    """Return the full address of a page of the API."""
    return f"{settings.SITE_URL}{reverse(name)}"
