"""The API's page for people, made from its description for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from django.utils.translation import gettext as _

from ogp_tracker.api import description, examples
from ogp_tracker.api.parameters import LARGEST_PAGE, PAGE_SIZE
from ogp_tracker.api.problems import KINDS
from ogp_tracker.opendata.tables import BY_NAME

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class DocumentedField:
    name: str
    kind: str
    meaning: str
    values: list[str]
    part: str = ""
    """The name of the nested rows, if it contains any."""


@cache
def docs_context() -> dict[str, Any]:
    schema = description.schema()
    return {
        "lists": [shown(schema, tag) for tag in schema["tags"] if tag["name"] != "api"],
        "problems": KINDS,
        "page_size": PAGE_SIZE,
        "largest_page": LARGEST_PAGE,
    }


def shown(schema: JsonObject, tag: dict[str, str]) -> JsonObject:
    name = tag["name"]
    paths = [path for path, one in schema["paths"].items() if one["get"]["tags"] == [name]]
    a_list, a_row = (schema["paths"][path]["get"] for path in paths)
    rows = schema["components"]["schemas"]
    row = rows[_name(a_row["responses"]["200"]["content"]["application/json"]["schema"])]
    choices = {one: values[0] for one, values in examples.CHOICES.get(name, {}).items()}
    return {
        "name": name,
        "title": str(BY_NAME[name].title) if name in BY_NAME else _("Codebook"),
        "about": tag["description"],
        "addresses": paths,
        "parameters": [
            documented(one["name"], one["schema"], one["description"])
            for one in a_list.get("parameters", [])
            if one["in"] == "query"
        ],
        "fields": list(fields_of(row)),
        "parts": {
            one: list(fields_of(rows[_name(described["items"])]))
            for one, described in row["properties"].items()
            if "$ref" in described.get("items", {})
        },
        "ask": f"{paths[0]}?{urlencode(choices)}" if choices else paths[0],
        "answer": orjson.dumps(examples.row(name), option=orjson.OPT_INDENT_2).decode(),
    }


def fields_of(component: JsonObject) -> Iterator[DocumentedField]:
    for name, described in component["properties"].items():
        part = name if "$ref" in described.get("items", {}) else ""
        yield documented(name, described, described.get("description", ""), part)


def documented(name: str, kind: JsonObject, meaning: str, part: str = "") -> DocumentedField:
    values = kind.get("enum", kind.get("items", {}).get("enum", []))
    return DocumentedField(name, type_in_words(kind), meaning, [one for one in values if one], part)


def type_in_words(described: JsonObject) -> str:
    kinds = described["type"] if isinstance(described["type"], list) else [described["type"]]
    texts = {"date": _("date"), "date-time": _("date and time")}
    words = {
        "array": _("list"),
        "boolean": _("true or false"),
        "integer": _("whole number"),
        "null": _("null"),
        "string": texts.get(described.get("format", ""), _("text")),
    }
    return _(" or ").join(words[kind] for kind in kinds)


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
