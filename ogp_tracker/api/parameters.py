"""What a reader asks for in the address of a list: which rows, in which order, how many."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from ogp_tracker.api.cursor import Ordered
from ogp_tracker.api.problems import WrongParameters
from ogp_tracker.api.resources import Resource

PAGE_SIZE, LARGEST_PAGE = 100, 500

CURSOR, SIZE, SORT = "cursor", "page_size", "sort"

VALUES_NAMED = 40
"""How many values an answer names at most when it says what would have been possible."""

LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for."""

    ordered: Ordered
    cursor: str
    size: int


def names_of(resource: Resource) -> list[str]:
    """Return the parameters of a list."""
    filters = list(resource.filters.base_filters) if resource.filters else []
    return [*filters, CURSOR, SIZE]


def read(resource: Resource, given: QueryDict, on: date) -> Asked:
    """Return what the address asks for, on the day `on`. Raises WrongParameters."""
    errors = wrong_names(given, names_of(resource))
    chosen = {name: str(given[name]) for name in given if name not in errors}
    size = PAGE_SIZE
    if (text := chosen.get(SIZE)) is not None:
        if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LARGEST_PAGE:
            size = int(text)
        else:
            errors[SIZE] = (
                f"“{short(text)}” is no size of a page. Give a whole number from 1 to"
                f" {LARGEST_PAGE}."
            )
    rows: Any = resource.rows(on)
    order = chosen.get(SORT, "")
    if resource.filters is not None:
        as_exported = rows.query.order_by
        filters = resource.filters(chosen, rows)
        fields = filters.form.fields
        wrong = {*filters.errors, *(name for name in fields if is_no_number(name, chosen, fields))}
        if not wrong:
            rows = filters.qs if order else filters.qs.order_by(*as_exported)
        errors |= {name: wrong_value(chosen[name], name, fields[name]) for name in sorted(wrong)}
    if errors:
        raise WrongParameters(errors)
    return Asked(Ordered.of(rows, f"{resource.name}/{order}"), chosen.get(CURSOR, ""), size)


def wrong_names(given: QueryDict, known: list[str]) -> dict[str, str]:
    """Return a sentence about each parameter that is unknown, given twice or cannot be read."""
    errors = {}
    for name, values in given.lists():
        if name not in known:
            takes = f"It takes {', '.join(known)}." if known else "It takes none."
            errors[short(name)] = f"“{short(name)}” is no parameter of this address. {takes}"
        elif len(values) > 1:
            errors[name] = f"“{name}” is given {len(values)} times. Give it once."
        elif "\0" in values[0]:
            errors[name] = f"“{name}” holds a sign that no text has (NUL). Leave it out."
    return errors


def is_no_number(name: str, chosen: dict[str, str], fields: dict[str, Any]) -> bool:
    """Return whether a number is to be given and nothing is, which a form takes for no choice."""
    return isinstance(fields[name], forms.IntegerField) and chosen.get(name) == ""


def wrong_value(value: str, name: str, field: Any) -> str:
    """Return the sentence about a value that a filter does not take."""
    start = f"“{short(value)}” is no value of “{name}”."
    if isinstance(field, forms.IntegerField):
        return f"{start} Give a whole number from {field.min_value} to {field.max_value}."
    values = [str(one) for one in values_of(field)]
    more = " and more" if len(values) > VALUES_NAMED else ""
    if not values:
        return f"{start} There is none that could be given."
    return f"{start} It can be {', '.join(values[:VALUES_NAMED])}{more}."


def values_of(field: Any) -> list[Any]:
    """Return what a choice can be; if it is one of many rows, some of them and one more."""
    if isinstance(field, forms.ModelChoiceField):
        key = field.to_field_name or "pk"
        rows: Any = field.queryset
        return list(rows.order_by(key).values_list(key, flat=True)[: VALUES_NAMED + 1])
    return [value for value, _label in field.choices if value]


def short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
