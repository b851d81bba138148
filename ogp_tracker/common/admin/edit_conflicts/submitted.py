"""What a browser has submitted for a form and its rows: read, compared and reordered."""

import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpRequest

from .fingerprint import canonical

MOST_ROWS = 2000
"""Django itself refuses more rows than this on one page."""


@dataclass
class SubmittedRow:
    number: int = 0
    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[Any]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return next(iter(self.texts.get(name, [])), "")


def typed(request: HttpRequest, bound: BoundField, html_name: str) -> str | None:
    """Ready to compare; None if it is not valid. No query: a choice of a row is compared by key."""
    field = bound.field
    sent = field.widget.value_from_datadict(request.POST, request.FILES, html_name)
    if isinstance(field, forms.ModelChoiceField):
        return canonical(sent)
    if isinstance(field, forms.FileField):
        return canonical(bound.initial) if sent is None else None
    try:
        return canonical(field.clean(sent))
    except ValidationError:
        return None


def as_submitted(bound: BoundField) -> list[str]:
    """What a browser would submit for a field that shows what is stored."""
    widget = bound.field.widget
    while isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    value = bound.field.prepare_value(bound.initial)
    if isinstance(widget, forms.FileInput):
        return []
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    if isinstance(shown, (list, tuple)):
        return [str(one) for one in shown]
    return [] if shown is None else [str(shown)]


def replace_answer(request: HttpRequest, html_name: str, values: list[str]) -> None:
    """Replace what was submitted for a field, a file included."""
    post = request.POST.copy()
    post.pop(html_name, None)
    post.pop(f"{html_name}-clear", None)
    if values:
        post.setlist(html_name, values)
    request.FILES.pop(html_name, None)
    request.POST = post  # type: ignore[assignment]


def submitted_rows(request: HttpRequest, prefix: str) -> list[SubmittedRow]:
    rows: dict[int, SubmittedRow] = {}
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,6}})-(.+)")
    total = _total(request, prefix)
    for source, kind in ((request.POST, "texts"), (request.FILES, "files")):
        for key in source:
            if (match := pattern.fullmatch(key)) and int(match[1]) < total:
                row = rows.setdefault(int(match[1]), SubmittedRow(int(match[1])))
                getattr(row, kind)[match[2]] = source.getlist(key)
    return [rows[number] for number in sorted(rows)]


def replace_rows(
    request: HttpRequest, prefix: str, existing: list[SubmittedRow], new: list[SubmittedRow]
) -> None:
    post, files = request.POST.copy(), request.FILES
    numbered = re.compile(rf"{re.escape(prefix)}-\d+-.+")
    for source in (post, files):
        for key in [key for key in source if numbered.fullmatch(key)]:
            source.pop(key)
    for number, row in enumerate([*existing, *new]):
        for name, values in row.texts.items():
            post.setlist(f"{prefix}-{number}-{name}", values)
        for name, kept in row.files.items():
            files.setlist(f"{prefix}-{number}-{name}", kept)
    post[f"{prefix}-INITIAL_FORMS"] = str(len(existing))
    post[f"{prefix}-TOTAL_FORMS"] = str(len(existing) + len(new))
    request.POST = post  # type: ignore[assignment]


def _total(request: HttpRequest, prefix: str) -> int:
    sent = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
    return min(int(sent), MOST_ROWS) if sent.isdecimal() else 0
