"""The page to read the API, made from its description for programs."""

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

Described = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A field or a parameter: what it is called, holds and means."""

    name: str
    kind: str
    meaning: str
    values: list[str]
    part: str = ""
    """The rows that stand inside, if that is what it holds."""


@dataclass(frozen=True)
class Shown:
    """A list with its rows, as the page shows it."""

    name: str
    title: str
    about: str
    addresses: list[str]
    parameters: list[Field]
    fields: list[Field]
    parts: dict[str, list[Field]]
    ask: str
    answer: str


@cache
def page() -> dict[str, Any]:
    """Return what the template of the page needs; made once in each process."""
    described = description.schema()
    return {
        "lists": [shown(described, tag) for tag in described["tags"] if tag["name"] != "api"],
        "problems": KINDS,
        "page_size": PAGE_SIZE,
        "largest_page": LARGEST_PAGE,
    }


def shown(described: Described, tag: dict[str, str]) -> Shown:
    """Return what the page shows of the list that a tag names."""
    name = tag["name"]
    paths = [path for path, one in described["paths"].items() if one["get"]["tags"] == [name]]
    a_list, a_row = (described["paths"][path]["get"] for path in paths)
    rows = described["components"]["schemas"]
    row = rows[_name(_content(a_row)["schema"])]
    inside = {
        one: list(fields_of(rows[_name(given["items"])]))
        for one, given in row["properties"].items()
        if "$ref" in given.get("items", {})
    }
    choices = {one: values[0] for one, values in examples.CHOICES.get(name, {}).items()}
    example = orjson.dumps(examples.row(name), option=orjson.OPT_INDENT_2)
    return Shown(
        name,
        str(BY_NAME[name].title) if name in BY_NAME else _("Codebook"),
        tag["description"],
        paths,
        [parameter(one) for one in a_list.get("parameters", []) if one["in"] == "query"],
        list(fields_of(row)),
        inside,
        f"{paths[0]}?{urlencode(choices)}" if choices else paths[0],
        example.decode(),
    )


def fields_of(component: Described) -> Iterator[Field]:
    """Yield the fields of a row."""
    for name, given in component["properties"].items():
        part = name if "$ref" in given.get("items", {}) else ""
        values = [one for one in given.get("enum", given.get("items", {}).get("enum", [])) if one]
        yield Field(name, in_words(given), given.get("description", ""), values, part)


def parameter(given: Described) -> Field:
    """Return a parameter of a list."""
    kind = given["schema"]
    values = [one for one in kind.get("enum", []) if one]
    return Field(given["name"], in_words(kind), given["description"], values)


def in_words(given: Described) -> str:
    """Return what something holds, in words."""
    kinds = given["type"] if isinstance(given["type"], list) else [given["type"]]
    texts = {"date": _("day"), "date-time": _("moment")}
    words = {
        "array": _("list"),
        "boolean": _("true or false"),
        "integer": _("whole number"),
        "null": _("null"),
        "string": texts.get(given.get("format", ""), _("text")),
    }
    return _(" or ").join(words[kind] for kind in kinds)


def _content(operation: Described) -> Described:
    return dict(operation["responses"]["200"]["content"]["application/json"])


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
