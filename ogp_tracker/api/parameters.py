"""The parameters of a list: which rows, in which order, how many."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import get_text_list

from ogp_tracker.api.cursor import OrderedRows
from ogp_tracker.api.problems import InvalidParameters
from ogp_tracker.api.resources import Resource
from ogp_tracker.common.either import EitherFilter, EitherSelect

PAGE_SIZE, LARGEST_PAGE = 100, 500

CURSOR, SIZE, SORT = "cursor", "page_size", "sort"

VALUES_NAMED = 40

LONGEST_SHOWN = 60


@dataclass(frozen=True)
class ListRequest:
    ordered: OrderedRows
    cursor: str
    size: int


def read(resource: Resource, query: QueryDict, on: date) -> ListRequest:
    """Raises InvalidParameters."""
    known = resource.filters.base_filters if resource.filters else {}
    either = {name for name, one in known.items() if isinstance(one, EitherFilter)}
    errors = name_errors(query, [*known, CURSOR, SIZE], either)
    chosen = query.copy()
    for name in errors:
        chosen.pop(name, None)
    size = PAGE_SIZE
    if (text := chosen.get(SIZE)) is not None:
        if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LARGEST_PAGE:
            size = int(text)
        else:
            errors[SIZE] = (
                f"“{shortened(text)}” is not a valid page size. Use a whole number from 1 to"
                f" {LARGEST_PAGE}."
            )
    rows = resource.table.queryset(on)
    order = chosen.get(SORT, "")
    if resource.filters is not None:
        as_exported = rows.query.order_by
        filters = resource.filters(chosen, rows)
        fields = filters.form.fields
        # A form takes an empty number for no choice, but it is an error here.
        numbers = {name for name in fields if isinstance(fields[name], forms.IntegerField)}
        invalid = {*filters.errors, *(name for name in numbers if "" in chosen.getlist(name))}
        if not invalid:
            rows = filters.qs if order else filters.qs.order_by(*as_exported)
        for name in sorted(invalid):
            errors[name] = value_error(chosen.getlist(name), name, fields[name])
    if errors:
        raise InvalidParameters(errors)
    ordered = OrderedRows.of(rows, f"{resource.name}/{order}")
    return ListRequest(ordered, chosen.get(CURSOR, ""), size)


def name_errors(query: QueryDict, known: list[str], either: Collection[str] = ()) -> dict[str, str]:
    """A sentence for each parameter that is unknown, repeated or unreadable."""
    errors = {}
    for name, values in query.lists():
        if name not in known:
            advice = f"Use {get_text_list(known, 'or')}." if known else "Remove it."
            errors[shortened(name)] = f"“{shortened(name)}” is not a parameter. {advice}"
        elif len(set(values)) > 1 and name not in either:
            errors[name] = f"“{name}” appears {len(values)} times. Use it once."
        elif "\0" in "".join(values):
            errors[name] = f"“{name}” contains a NUL character. Remove it."
    return errors


def value_error(values: list[str], name: str, field: forms.Field) -> str:
    wrong = next((value for value in dict.fromkeys(values) if not is_valid(value, field)), "")
    error = f"“{shortened(wrong)}” is not a valid value for “{name}”."
    if isinstance(field, forms.IntegerField):
        return f"{error} Use a whole number from {field.min_value} to {field.max_value}."
    valid = values_of(field)
    if not valid:
        return f"{error} No value can be used yet."
    if len(valid) > VALUES_NAMED:
        return f"{error} Valid values include {', '.join(valid[:VALUES_NAMED])}."
    return f"{error} Use {get_text_list(valid, 'or')}."


def is_valid(value: str, field: forms.Field) -> bool:
    try:
        return bool(field.clean([value] if isinstance(field.widget, EitherSelect) else value))
    except forms.ValidationError:
        return False


def values_of(field: forms.Field) -> list[str]:
    """The valid values; of many rows at most VALUES_NAMED and one more."""
    if isinstance(field, forms.ModelChoiceField):
        key = field.to_field_name or "pk"
        rows: QuerySet[Any] = field.queryset  # type: ignore[assignment]
        values = rows.order_by(key).values_list(key, flat=True)[: VALUES_NAMED + 1]
        return [str(value) for value in values]
    return codes_of(field) if isinstance(field, forms.ChoiceField) else []


def codes_of(field: forms.ChoiceField) -> list[str]:
    choices = cast("Iterable[tuple[Any, Any]]", field.choices)
    return [str(value) for value, _label in choices if value]


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
