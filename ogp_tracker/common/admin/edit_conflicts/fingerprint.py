"""The fingerprint of what a form shows of a row: one short digest for each thing it can overwrite.

Only what the account sees in the form goes in, so no secret does. A digest per field tells which of
them a colleague has changed and which of them the officer has touched.
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
class StoredValue:
    key: str
    text: str
    """What is stored, in a form that can be compared."""
    row: Model
    name: str
    bound: BoundField | None = None
    """The field of the form; None for what is only watched."""

    @property
    def digest(self) -> str:
        return digest(self.text)


def canonical(value: Any) -> str:
    """Equal if and only if the values are; browsers and the database end lines differently."""
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
    return sha256(text.encode()).hexdigest()[:DIGITS]


def overwritable(form: BaseForm) -> Iterator[BoundField]:
    """The fields through which the form writes columns or choices of its row."""
    options = form._meta.model._meta  # type: ignore[attr-defined]
    own = {field.name for field in (*options.concrete_fields, *options.many_to_many)}
    for name, field in form.fields.items():
        is_key = name == options.pk.name or isinstance(field, InlineForeignKeyField)
        # What is disabled, such as the digest of a password, is shown and cannot be written.
        if name in own and not is_key and not field.disabled:
            yield form[name]


def stored_values(
    form: BaseForm, formsets: Iterable[FormSet], watched: Iterable[str]
) -> list[StoredValue]:
    row = form.instance  # type: ignore[attr-defined]
    values = [_stored_value(bound.name, bound, row) for bound in overwritable(form)]
    for formset in formsets:
        values += stored_values_in_rows(formset)
    for name in watched:
        column = row._meta.get_field(name).attname
        values.append(StoredValue(f".{name}", canonical(getattr(row, column)), row, name))
    return values


def stored_values_in_rows(formset: FormSet) -> list[StoredValue]:
    return [
        _stored_value(
            key_in_row(formset.prefix, form.instance.pk, bound.name), bound, form.instance
        )
        for form in formset.initial_forms
        if form.instance.pk is not None
        for bound in overwritable(form)
    ]


def key_in_row(prefix: str | None, pk: object, name: str) -> str:
    return f"{prefix}-{pk}-{name}"


def name_of_key(formset: FormSet) -> str:
    model: Any = formset.model
    return str(model._meta.pk.name)


def encoded(values: Iterable[StoredValue]) -> str:
    return urlencode(
        {stored.key: stored.digest for stored in sorted(values, key=lambda one: one.key)}
    )


def decoded(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))


def _stored_value(key: str, bound: BoundField, row: Model) -> StoredValue:
    return StoredValue(key, canonical(bound.initial), row, bound.name, bound)
