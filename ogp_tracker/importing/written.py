"""The columns that an import writes: how a cell is read, and how its value is stored.

A ValueError says in words what is wrong with a cell, and what to do.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from django.core.exceptions import ValidationError
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    TextField,
)
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import (
    ActionPlan,
    Commitment,
    Institution,
    Involvement,
    Nation,
    OGPValue,
    PolicyArea,
)
from irm.models import Report
from ogp_tracker.common.written_dates import period_in
from ogp_tracker.opendata.columns import LIST_SEPARATOR, Column

from .lookups import Lookup, folded

if TYPE_CHECKING:
    from .run import Run

AnyField: TypeAlias = "Field[Any, Any]"

YES = {"true", "yes", "y", "1"}
NO = {"false", "no", "n", "0"}

WHOLE = re.compile(r"\.0+\Z")
"""What a spreadsheet may add to a whole number."""

SERIAL_DATES = range(20_000, 80_000)
"""What spreadsheets count as days since 1899: 1954 to 2119."""
SERIAL_START = date(1899, 12, 30)


class PassedOver(Exception):
    """The row names one that was refused already: nothing more is said of it."""


class Written:
    """A column whose value is a field of the row itself. Here: text, unchanged if it is long."""

    def __init__(self, column: Column, field: AnyField) -> None:
        self.column, self.field = column, field
        self.name = column.name

    @cached_property
    def label(self) -> str:
        """What it is called in the middle of a sentence."""
        words = str(self.field.verbose_name)
        return words if words[1:2].isupper() else words[:1].lower() + words[1:]

    @property
    def default(self) -> Any:
        """What an empty cell means."""
        return self.field.get_default()

    def read(self, run: "Run", text: str, row: Model) -> Any:
        """Raises ValueError, or PassedOver."""
        before = self.stored(row)
        if isinstance(before, str) and _lines(text) == _lines(before):
            # Line breaks that only a spreadsheet changed stay as they are stored.
            return before
        said = text if isinstance(self.field, TextField) else " ".join(text.split())
        return said or self.default

    def stored(self, row: Model) -> Any:
        return getattr(row, self.field.name)

    def store(self, row: Model, value: Any) -> None:
        setattr(row, self.field.name, value)

    def store_after_saving(self, row: Model, old: Any, value: Any) -> None:
        """What needs the key of the row."""

    def note(self, text: str, value: Any) -> str:
        """How a cell was understood that was not written as the exports write it."""
        return ""


class Change(NamedTuple):
    column: Written
    old: Any
    new: Any


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class WrittenCode(Written):
    """A code, or the label that pages and reports print, in any case."""

    @cached_property
    def codes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for code, label in self.field.flatchoices:
            with translation.override("en"):
                found[_folded(str(label))] = code
            found[_folded(str(label))] = code
        return found | {_folded(code): code for code, _label in self.field.flatchoices}

    def read(self, run: "Run", text: str, row: Model) -> Any:
        if not text.strip():
            return self.default
        if (code := self.codes.get(_folded(text))) is not None:
            return code
        allowed = ", ".join(code for code, _label in self.field.flatchoices if code)
        words = {"said": text.strip()[:60], "allowed": allowed}
        if self.field.blank:
            raise ValueError(
                _("“%(said)s” is not one of the values: %(allowed)s. Write one, or leave it empty.")
                % words
            )
        raise ValueError(_("“%(said)s” is not one of the values. Write: %(allowed)s.") % words)

    def note(self, text: str, value: Any) -> str:
        if not text.strip() or text.strip() == value:
            return ""
        words = {"said": text.strip(), "code": value, "column": self.name}
        return _("“%(said)s” is understood as %(code)s (%(column)s).") % words


class WrittenNumber(Written):
    def read(self, run: "Run", text: str, row: Model) -> Any:
        said = WHOLE.sub("", text.strip())
        if not said:
            return self.default
        if not (said.isascii() and said.isdecimal() and len(said) < 6):
            raise ValueError(_("Enter a whole number, not “%s”.") % said[:60])
        return int(said)


class WrittenYesNo(Written):
    def read(self, run: "Run", text: str, row: Model) -> Any:
        said = text.strip().casefold()
        if said and said not in YES | NO:
            raise ValueError(_("Write true or false, not “%s”.") % text.strip()[:60])
        return said in YES if said else self.default


class WrittenDate(Written):
    """A date in any way of writing; of a period the day at the edge that the field asks for."""

    def read(self, run: "Run", text: str, row: Model) -> Any:
        said = text.strip()
        if not said:
            return None
        if (serial := serial_date(said)) is not None:
            return serial
        try:
            return self.field.formfield().to_python(said)  # type: ignore[union-attr]
        except ValidationError as refusal:
            raise ValueError(" ".join(refusal.messages)) from None

    def note(self, text: str, value: Any) -> str:
        said = text.strip()
        if value is None or said in (value.isoformat(), date_format(value, "j F Y")):
            return ""
        words = {"said": said, "date": date_format(value, "j F Y"), "column": self.name}
        if serial_date(said) is not None:
            return (
                _("%(said)s is a spreadsheet's number for %(date)s, and read so (%(column)s).")
                % words
            )
        return _("“%(said)s” is understood as %(date)s (%(column)s).") % words


def serial_date(text: str) -> date | None:
    """The date that a spreadsheet means by the number, if it is one."""
    if not (text.isascii() and text.isdecimal() and int(text[:9]) in SERIAL_DATES):
        return None
    return SERIAL_START + timedelta(days=int(text))


class WrittenTime(Written):
    """As the exports have it: 2026-11-25T13:19:36Z."""

    def read(self, run: "Run", text: str, row: Model) -> Any:
        if not text.strip():
            return None
        try:
            moment = parse_datetime(text.strip())
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValueError(_("Write a time like 2026-11-25T13:19:36Z."))
        return moment


class WrittenLink(Written):
    """The id of one other row."""

    def __init__(self, column: Column, field: AnyField, of: "LookupOf") -> None:
        super().__init__(column, field)
        self.of = of

    def read(self, run: "Run", text: str, row: Model) -> Any:
        return found_in(self.of(run), text) if text.strip() else None


class WrittenLinks(WrittenLink):
    """The ids or names of several other rows, with semicolons between."""

    def read(self, run: "Run", text: str, row: Model) -> Any:
        lookup = self.of(run)
        if text.strip() and (whole := lookup.get(text)) is not None:
            return (whole,)
        ids = [one.strip() for one in text.split(LIST_SEPARATOR.strip()) if one.strip()]
        return in_order(found_in(lookup, one) for one in ids)

    def stored(self, row: Model) -> Any:
        return in_order(getattr(row, self.field.name).all()) if row.pk else ()

    def store(self, row: Model, value: Any) -> None:
        """Only a saved row can have them."""

    def store_after_saving(self, row: Model, old: Any, value: Any) -> None:
        """Only what differs: `set` asks the database of every row what is stored."""
        links = getattr(row, self.field.name)
        links.remove(*(one for one in old if one not in value))
        links.add(*(one for one in value if one not in old))


class WrittenRole(WrittenLinks):
    """The institutions that play one role in a commitment."""

    def __init__(self, column: Column, role: Involvement.Role, of: "LookupOf") -> None:
        super().__init__(column, Involvement._meta.get_field("institution"), of)
        self.role = role

    @cached_property
    def label(self) -> str:
        return str(self.role.label).lower()

    def stored(self, row: Model) -> Any:
        if not row.pk:
            return ()
        rows = row.involvements.all()  # type: ignore[attr-defined]
        return in_order(one.institution for one in rows if one.role == self.role)

    def store_after_saving(self, row: Any, old: Any, value: Any) -> None:
        if gone := [one for one in old if one not in value]:
            lost = Involvement.objects.filter(commitment=row, role=self.role)
            for involvement in lost.filter(institution__in=gone):
                involvement.delete()
        for one in value:
            if one not in old:
                Involvement.objects.create(commitment=row, institution=one, role=self.role)


LookupOf = Callable[["Run"], Lookup[Any]]


def found_in(lookup: Lookup[Any], text: str) -> Any:
    """Raises ValueError with what to do, or PassedOver if the row itself was refused."""
    row = lookup.get(text)
    if row is not None:
        return row
    if folded(text) in lookup.refused:
        raise PassedOver
    words = {"said": text.strip()[:80], "name": lookup.name}
    if near := lookup.near(text):
        words["near"] = near
        raise ValueError(
            _("The %(name)s “%(said)s” cannot be found. Did you mean “%(near)s”?") % words
        )
    raise ValueError(
        _("The %(name)s “%(said)s” cannot be found. Correct it, or add it first.") % words
    )


def in_order(rows: Iterable[Model]) -> tuple[Model, ...]:
    return tuple(sorted(dict.fromkeys(rows), key=lambda one: one.pk))


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


LOOKUPS: dict[type[Model], LookupOf] = {
    ActionPlan: lambda run: run.plans,
    Commitment: lambda run: run.commitments,
    Institution: lambda run: run.institutions,
    Nation: lambda run: run.nations,
    OGPValue: lambda run: run.values,
    PolicyArea: lambda run: run.policy_areas,
    Report: lambda run: run.reports,
}


def written_by_kind(column: Column, field: AnyField) -> Written:
    """Which class reads the cells of a column follows from its field."""
    if isinstance(field, ManyToManyField):
        return WrittenLinks(column, field, LOOKUPS[field.related_model])
    if isinstance(field, ForeignKey):
        return WrittenLink(column, field, LOOKUPS[field.related_model])
    for kind, made in (
        (DateTimeField, WrittenTime),
        (DateField, WrittenDate),
        (BooleanField, WrittenYesNo),
        (IntegerField, WrittenNumber),
    ):
        if isinstance(field, kind):
            return made(column, field)
    return (WrittenCode if field.choices else Written)(column, field)


def words_of_period(text: str) -> str:
    """The words of a date cell that names no single day, to be kept as published."""
    period = period_in(text)
    return "" if period is None or period.day else text.strip()
