"""What a row of a sheet does, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import CharField, Model, TextField
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_tracker.common.differences import differences, to_html

from .written import AnyField, Change, Written

LONGEST_COMPARED = 20_000
"""Longer texts are not compared word by word on a page of many rows."""


class EffectKind(Enum):
    NEW = gettext_lazy("New")
    CHANGED = gettext_lazy("Changed")
    SAME = gettext_lazy("Nothing changes")


@dataclass(frozen=True)
class TextChange:
    """A text that changes, its two versions in one with the differences marked."""

    label: str
    marked: str


@dataclass
class Effect:
    sheet: str
    row: int
    name: str
    kind: EffectKind
    sentences: list[str]
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comparisons: list[TextChange] = field(default_factory=list)

    changed: list[tuple[str, str, str]] = field(default_factory=list)
    """Each column with what is stored and what it becomes, in full; sentences shorten texts."""

    @property
    def essence(self) -> tuple[object, ...]:
        return self.sheet, self.row, self.name, self.kind.name, self.sentences, self.changed


def sentences_of(is_new: bool, new: str, changes: Iterable[Change]) -> Iterator[str]:
    """`new`: what to say of a row that is not stored yet."""
    if is_new:
        yield new
        for column, _none, value in changes:
            yield f"{capfirst(column.label)}: {in_words(column, value)}"
        return
    for column, old, value in changes:
        yield _changed(column, old, value)


def _changed(column: Written, old: Any, new: Any) -> str:
    if column.name == "published_on":
        if new is None:
            return _("it becomes a draft again, which readers do not see")
        if old is None:
            return _("it is published, with the date %(day)s") % {"day": date_format(new)}
    return _("%(label)s changes from %(old)s to %(new)s") % {
        "label": column.label,
        "old": in_words(column, old),
        "new": in_words(column, new),
    }


def warnings_of(changes: Iterable[Change]) -> Iterator[str]:
    for column, old, new in changes:
        if old and not new and column.name == "published_on":
            yield _("Readers can see this assessment now, and will no longer.")
        elif old and not new and old is not True:
            yield _("The cell is empty, so what is stored as %s is removed.") % column.label


def comparisons_of(changes: Iterable[Change]) -> Iterator[TextChange]:
    for column, old, new in changes:
        if _is_text(column.field) and old and new and len(old) + len(new) < LONGEST_COMPARED:
            yield TextChange(capfirst(column.label), to_html(differences(old, new)))


def in_words(column: Written, value: Any) -> str:
    """A value as a reader would say it; of a long text its beginning and its length."""
    if value in (None, "", ()):
        return _("blank")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(column.field, CharField) and column.field.choices:
        return str(dict(column.field.flatchoices)[value])
    if _is_text(column.field):
        return _("“%(start)s” (%(length)s characters)") % {
            "start": Truncator(" ".join(value[:200].split())).chars(60),
            "length": intcomma(len(value)),
        }
    return f"“{value}”"


def _is_text(field: AnyField) -> bool:
    return isinstance(field, TextField)
