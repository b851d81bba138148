"""Columns of the public tables, and the SQL that gives each cell as text.

Every cell leaves the database as text, on SQLite and on PostgreSQL alike, so that one path writes
all formats: a date as 2019-03-01 and a time as 2026-11-25T13:19:36Z (ISO 8601, UTC), a number in
digits, yes and no as true and false, nothing as the empty text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, ClassVar, Literal

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.texts import StrOrPromise

Expr = Combinable | Q
ColumnSource = str | Expr | Callable[[date], Expr]
"""A field path, an expression, or a function of the date that makes the expression."""

Sql = tuple[str, tuple[Any, ...]]

ColumnKind = Literal["string", "integer", "boolean", "date", "datetime", "list"]

KIND_LABELS: dict[ColumnKind, StrOrPromise] = {
    "string": _("text"),
    "integer": _("whole number"),
    "boolean": _("true or false"),
    "date": _("date"),
    "datetime": _("date and time"),
    "list": _("list"),
}

LIST_SEPARATOR = "; "

TEXT = TextField()


@dataclass(frozen=True)
class Column:
    kind: ColumnKind
    name: str
    description: StrOrPromise
    source: ColumnSource = ""
    """By default the field of the column's own name."""
    codes: tuple[str, ...] = ()
    """Every value that it can have besides none, if they are few and known."""
    required: bool = False
    ogp_name: str = ""
    """What OGP calls it in its own published table of commitments."""

    @property
    def kind_label(self) -> StrOrPromise:
        return KIND_LABELS[self.kind]

    @property
    def explained(self) -> str:
        """Its description, with its codes and OGP's own name for it."""
        said = [str(self.description)]
        if self.codes:
            said.append(gettext("One of: %(codes)s.") % {"codes": ", ".join(self.codes)})
        if self.ogp_name:
            said.append(gettext("In OGP’s own table: “%(name)s”.") % {"name": self.ogp_name})
        return " ".join(said)

    def as_text(self, on: date) -> Combinable:
        source = self.source or self.name
        if not isinstance(source, str | Combinable | Q):
            source = source(on)
        value: Any = F(source) if isinstance(source, str) else source
        if self.kind == "boolean":
            if not getattr(value, "conditional", False):
                value = ExpressionWrapper(value, BooleanField())
            return Case(When(value, then=Value("true")), default=Value("false"))
        if self.kind == "datetime":
            value = Moment(value)
        elif self.kind in {"integer", "date"}:
            value = Cast(value, TEXT)
        return Coalesce(value, Value(""), output_field=TEXT)

    def value_of(self, text: str) -> str | int | bool | list[str] | None:
        """The value of a cell: a number, yes or no, a list, or None for nothing.

        A date and a time stay text. Nothing in a text column is the empty text.
        """
        match self.kind:
            case "string":
                return text
            case "list":
                return text.split(LIST_SEPARATOR) if text else []
            case "integer":
                return int(text) if text else None
            case "boolean":
                return text == "true"
            case _:
                return text or None


text_column = partial(Column, "string")
number_column = partial(Column, "integer")
date_column = partial(Column, "date")
time_column = partial(Column, "datetime")
yes_no_column = partial(Column, "boolean")
list_column = partial(Column, "list")


def code_column(
    name: str,
    description: StrOrPromise,
    choices: type[TextChoices],
    source: ColumnSource = "",
    *,
    required: bool = False,
) -> Column:
    return text_column(name, description, source, tuple(choices.values), required)


class PerDatabase:
    templates: ClassVar[dict[str, str]]

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **context: Any
    ) -> Sql:
        context["template"] = self.templates[connection.vendor]
        return super().as_sql(compiler, connection, *args, **context)  # type: ignore[misc]


class Moment(PerDatabase, Func):
    """A time as ISO 8601 in UTC, to the second."""

    output_field = TEXT
    templates = {
        # SQLite keeps it as text in UTC.
        "sqlite": "replace(substr(%(expressions)s, 1, 19), ' ', 'T') || 'Z'",
        # In UTC, in any time zone of the session.
        "postgresql": (
            "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        ),
    }


class Uid(PerDatabase, Func):
    """A permanent id as readers see it: 36 characters, with hyphens."""

    output_field = TEXT
    templates = {
        # SQLite keeps 32 hexadecimal digits without hyphens.
        "sqlite": "({})".format(
            " || '-' || ".join(
                f"substr(%(expressions)s, {start}, {size})"
                for start, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
            )
        ),
        "postgresql": "(%(expressions)s)::text",
    }


class ListOf(PerDatabase, Subquery):
    """One column of the rows of a query, in their order, as one text; NULL if there are no rows."""

    output_field = TEXT
    templates = {
        vendor: f"(SELECT {aggregate}(part, '{LIST_SEPARATOR}') FROM (%(subquery)s) parts)"  # noqa: S608
        for vendor, aggregate in (("sqlite", "group_concat"), ("postgresql", "string_agg"))
    }

    def __init__(self, rows: QuerySet[Any], path: str) -> None:
        super().__init__(rows.annotate(part=F(path)).values("part"))
