"""The description of the API for programs (OpenAPI 3.1), made once in each process."""

from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from ogp_tracker.api.resources import RESOURCES

ABOUT = """\
Read-only, for anyone, without a key. Every field has the name, the meaning and the values of its
column in the data files, so the two always agree. The API has only published data, and assessments
once their report is final. Levels and codes are separate: codes are the assessors', and each level
says in "provenance" whose word it is and in "level_basis" whether it is our reading. If a filter is
given more than once, rows with either value match (level=limited&level=completed); different
filters combine.

Text by governments: Open Government Licence v3.0. Text by the Open Government Partnership and its
Independent Reporting Mechanism: Creative Commons Attribution.
"""

TAGS = {
    **{resource.name: str(resource.table.description) for resource in RESOURCES},
    "codebook": "The variables that assessors code, with their values.",
    "api": "The API itself.",
}

SHARED = {
    "304": "Unchanged",
    "400": "WrongParameters",
    "404": "NotFound",
    "406": "NotAcceptable",
    "429": "TooManyRequests",
    "500": "ServerError",
    "503": "Unavailable",
}
"""The names of the responses that are the same at every address, by their status."""


def finish(result: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: the whole API, and shared responses once."""
    result["servers"] = [{"url": settings.SITE_URL}]
    result["info"]["description"] = ABOUT
    if settings.CONTACT_EMAIL:
        result["info"]["contact"] = {"email": settings.CONTACT_EMAIL}
    result["tags"] = [{"name": name, "description": about} for name, about in TAGS.items()]
    result["externalDocs"] = {"url": f"{settings.SITE_URL}{reverse('api_docs')}"}
    shared = result["components"].setdefault("responses", {})
    for path in result["paths"].values():
        answers = path["get"]["responses"]
        for status in set(answers) & SHARED.keys():
            shared[SHARED[status]] = answers[status]
            answers[status] = {"$ref": f"#/components/responses/{SHARED[status]}"}
    for component in result["components"]["schemas"].values():
        for described in component["properties"].values():
            described.pop("x-spec-enum-id", None)
            described.get("items", {}).pop("x-spec-enum-id", None)
    return result


@cache
def schema() -> dict[str, Any]:
    made = SchemaGenerator().get_schema(request=None, public=True)
    return dict(orjson.loads(OpenApiJsonRenderer().render(made)))


@cache
def written() -> dict[str, bytes]:
    """By format: "json" or "yaml"."""
    return {
        "json": orjson.dumps(schema(), option=orjson.OPT_INDENT_2),
        "yaml": OpenApiYamlRenderer().render(schema()),
    }
