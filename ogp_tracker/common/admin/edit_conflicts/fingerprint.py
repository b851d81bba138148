"""The fingerprint of what a form shows of a row: one short digest for each thing it can overwrite.

Only what the account sees in the form goes in, so no secret does; a digest for each field tells
afterwards which of them a colleague has changed and which of them the officer has touched.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm, BoundField
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField

FIELD = "shown_version"
"""The name of the hidden field that carries the fingerprint."""

FormSet: TypeAlias = "BaseInlineFormSet[Any, Any, Any]"

DIGITS = 16


@dataclass(frozen=True)
class Part:
    """One thing that can change while a form is open, as it is stored."""

    key: str
    value: str
    """What is stored, in a form that can be compared."""
    row: Model
    name: str
    bound: BoundField | None = None
    """The field of the form; None for what is only watched."""

    @property
    def digest(self) -> str:
        """Return the short digest of what is stored."""
        return digest(self.value)


def canonical(value: Any) -> str:
    """Return a stored or typed value as text that is equal if and only if the values are.

    Line breaks are those of the database or those of a browser, which are not the same.
    """
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Iterable):
        return ",".join(sorted(canonical(one) for one in value))
    return str(value)


def digest(text: str) -> str:
    """Return the short digest of a text."""
    return sha256(text.encode()).hexdigest()[:DIGITS]


def overwritable(form: BaseForm) -> Iterator[BoundField]:
    """Yield the fields through which the form writes columns or choices of its row."""
    options = form._meta.model._meta  # type: ignore[attr-defined]
    own = {field.name for field in (*options.concrete_fields, *options.many_to_many)}
    for name, field in form.fields.items():
        is_key = name == options.pk.name or isinstance(field, InlineForeignKeyField)
        # What is disabled, such as the digest of a password, is shown and cannot be written.
        if name in own and not is_key and not field.disabled:
            yield form[name]


def parts_of(form: BaseForm, formsets: Iterable[FormSet], watched: Iterable[str]) -> list[Part]:
    """Return what the form and its rows can overwrite, and the columns that are only watched."""
    row = form.instance  # type: ignore[attr-defined]
    parts = [_part(bound.name, bound, row) for bound in overwritable(form)]
    for formset in formsets:
        parts += parts_of_rows(formset)
    for name in watched:
        column = row._meta.get_field(name).attname
        parts.append(Part(f".{name}", canonical(getattr(row, column)), row, name))
    return parts


def parts_of_rows(formset: FormSet) -> list[Part]:
    """Return what the rows below a form hold, row by row."""
    return [
        _part(key_in_row(formset.prefix, form.instance.pk, bound.name), bound, form.instance)
        for form in formset.initial_forms
        if form.instance.pk is not None
        for bound in overwritable(form)
    ]


def key_in_row(prefix: Any, pk: Any, name: str) -> str:
    """Return the key of a field in a row below the form."""
    return f"{prefix}-{pk}-{name}"


def name_of_key(formset: FormSet) -> str:
    """Return the name of the field that carries the key of each row."""
    model: Any = formset.model
    return str(model._meta.pk.name)


def written(parts: Iterable[Part]) -> str:
    """Return the fingerprint as the hidden field carries it."""
    return urlencode({part.key: part.digest for part in sorted(parts, key=lambda one: one.key)})


def read(text: str) -> dict[str, str]:
    """Return the digests of a fingerprint by their keys; of what is none, nothing."""
    return dict(parse_qsl(text))


def _part(key: str, bound: BoundField, row: Model) -> Part:
    return Part(key, canonical(bound.initial), row, bound.name, bound)
