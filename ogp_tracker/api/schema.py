"""The description of each address for drf-spectacular: parameters, responses, headers, examples."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from django import forms
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.serializers import Serializer

from ogp_tracker.api import examples, problems, serializers, views
from ogp_tracker.api.parameters import CURSOR, LARGEST_PAGE, PAGE_SIZE, SIZE, codes_of
from ogp_tracker.api.resources import Resource
from ogp_tracker.common.either import EitherFilter, EitherSelect

QUERY: Final = "query"
PATH: Final = "path"
HEADER: Final = "header"

JSON = "application/json"
OPENAPI = tuple(one.media_type for one in views.SchemaView.renderer_classes)

CONVERTERS: dict[str, dict[str, Any]] = {
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
"""The JSON Schema of each of Django's path converters that keys use."""


class ApiSchema(AutoSchema):
    def get_operation_id(self) -> str:
        return str(self.view.operation)

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str:
        match self.view:
            case views.ListView(resource=resource):
                return str(resource.table.title)
            case views.DetailView(resource=resource):
                return f"One row: {str(resource.table.title).lower()}"
        return str(self.view.__doc__).rstrip(".")

    def get_description(self) -> str:
        resource = getattr(self.view, "resource", None)
        return str(resource.table.description) if resource else ""

    def _is_list_view(self, serializer: object = None) -> bool:
        """The pages of a list have serializers of their own."""
        return False

    def get_override_parameters(self) -> list[Any]:
        return [*self._of_the_address(), *headers(isinstance(self.view, views.ListView))]

    def get_response_serializers(self) -> dict[Any, Any]:
        return {**self._found(), 304: UNCHANGED, **self._problems()}

    def _of_the_address(self) -> list[OpenApiParameter]:
        match self.view:
            case views.ListView(resource=resource):
                return [*filters_of(resource), *PAGING]
            case views.DetailView(resource=resource):
                return keys_of(resource)
            case views.CodebookDetailView():
                return [VARIABLE]
        return []

    def _found(self) -> dict[Any, Any]:
        match self.view:
            case views.ListView(resource=resource):
                return data_of(serializers.LISTS[resource.name], examples.page(resource.name))
            case views.DetailView(resource=resource):
                return data_of(serializers.ROWS[resource.name], examples.row(resource.name))
            case views.CodebookListView():
                return data_of(serializers.VariableListSerializer, examples.page("codebook"))
            case views.CodebookDetailView():
                return data_of(serializers.VariableSerializer, examples.row("codebook"))
            case views.SchemaView():
                return {(200, *OPENAPI): OpenApiResponse(OpenApiTypes.OBJECT, "OpenAPI 3.1.")}
        addresses = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
        return {(200, JSON): OpenApiResponse(addresses, "The address of each list.")}

    def _problems(self) -> dict[Any, Any]:
        named = isinstance(self.view, views.DetailView | views.CodebookDetailView)
        left_out = {"method-not-allowed", "bad-request"} | (set() if named else {"not-found"})
        return {
            (kind.status, problems.MEDIA_TYPE): OpenApiResponse(
                serializers.ProblemSerializer,
                f"{kind.title}. {kind.meaning}",
                [OpenApiExample(kind.name, value=examples.problem(kind))],
            )
            for kind in problems.KINDS
            if kind.name not in left_out
        }


def data_of(serializer: type[Serializer[Any]], example: dict[str, Any]) -> dict[Any, Any]:
    shown = [OpenApiExample("Example", value=example)]
    return {(200, JSON): OpenApiResponse(serializer, "The data.", shown)}


UNCHANGED = OpenApiResponse(description="The copy is still up to date.")

PAGING = (
    OpenApiParameter(
        CURSOR,
        location=QUERY,
        description="Where the page begins, as given in “next”. By default at the first row.",
    ),
    OpenApiParameter(
        SIZE,
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        location=QUERY,
        description="The largest number of rows on a page.",
    ),
)

VARIABLE = OpenApiParameter(
    "variable",
    CONVERTERS["slug"],
    location=PATH,
    description="The name of the variable.",
    examples=[OpenApiExample("Example", value="completion")],
)


def keys_of(resource: Resource) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            key.column.name,
            CONVERTERS[key.converter],
            location=PATH,
            description=str(key.column.description),
            examples=[OpenApiExample("Example", examples.row(resource.name)[key.column.name])],
        )
        for key in resource.keys
    ]


def filters_of(resource: Resource) -> list[OpenApiParameter]:
    if resource.filters is None:
        return []
    return [
        OpenApiParameter(
            name,
            type_of(one.field),
            location=QUERY,
            description=f"{one.label}.",
            explode=True if isinstance(one, EitherFilter) else None,
            examples=[
                OpenApiExample(value, value=[value] if isinstance(one, EitherFilter) else value)
                for value in examples.CHOICES.get(resource.name, {}).get(name, ())
            ],
        )
        for name, one in resource.filters.base_filters.items()
    ]


def type_of(field: forms.Field) -> dict[str, Any]:
    if isinstance(field.widget, EitherSelect):
        return {"type": "array", "items": type_of_one(field)}
    return type_of_one(field)


def type_of_one(field: Any) -> dict[str, Any]:
    if isinstance(field, forms.IntegerField):
        return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    # As on the pages, a filter without a value is no filter.
    if isinstance(field, forms.ModelChoiceField):
        return {"type": "string", "pattern": "^[-a-zA-Z0-9_]*$"}
    return {"type": "string", "enum": ["", *codes_of(field)]}


def headers(is_list: bool) -> Iterator[OpenApiParameter]:
    header = partial(OpenApiParameter, location=HEADER)
    on_data = partial(header, response=[200, 304], required=True)
    yield header(
        "If-None-Match",
        description="The ETag of your copy. If the copy is still up to date, the answer is 304.",
    )
    yield on_data("ETag", description="Identifies this version of the answer.")
    yield on_data("Last-Modified", description="When the public data last changed.")
    yield on_data(
        "Cache-Control",
        description="Anyone may keep a copy, but must check each time that it is up to date.",
    )
    wait = "How many seconds to wait before trying again."
    yield header("Retry-After", int, response=[429, 503], description=wait, required=True)
    if is_list:
        following = "The address of the next page (rel=next), unless this is the last."
        yield header("Link", response=[200], description=following)
