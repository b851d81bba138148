"""Columns of the public tables, and the SQL that gives each cell as text.

Every cell leaves the database as text, on SQLite and on PostgreSQL alike, so that one path writes
all formats: a day as 2019-03-01 and a moment as 2026-11-25T13:19:36Z (ISO 8601, UTC), a number in
digits, yes and no as true and false, nothing as the empty text.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

Kind = Literal["string", "integer", "boolean", "date", "datetime", "list"]

KINDS: dict[Kind, Any] = {
    "string": _("text"),
    "integer": _("whole number"),
    "boolean": _("true or false"),
    "date": _("day"),
    "datetime": _("moment"),
    "list": _("list"),
}

LIST_SEPARATOR = "; "
"""What stands between the parts of a list."""

TEXT = TextField()


@dataclass(frozen=True)
class Column:
    """One column of a table: its name for ever, what it means and where it comes from."""

    name: str
    kind: Kind
    description: Any
    source: Any
    """A field path, an expression, or a function of the day that makes the expression."""
    codes: tuple[str, ...] = ()
    """Every value that it can have besides none, if they are few and known."""
    required: bool = False
    ogp_name: str = ""
    """What OGP calls it in its own published table of commitments."""

    @property
    def kind_in_words(self) -> Any:
        """Return what it holds, in words."""
        return KINDS[self.kind]

    def as_text(self, on: date) -> Any:
        """Return the expression that gives the cell as text, read on the day `on`."""
        source = (
            self.source(on)
            if callable(self.source) and not hasattr(self.source, "resolve_expression")
            else self.source
        )
        value = F(source) if isinstance(source, str) else source
        if self.kind == "boolean":
            condition = value if isinstance(value, Q) else _as_condition(value)
            return Case(When(condition, then=Value("true")), default=Value("false"))
        if self.kind == "datetime":
            value = Moment(value)
        elif self.kind in {"integer", "date"}:
            value = Cast(value, TEXT)
        return Coalesce(value, Value(""), output_field=TEXT)

    def value_of(self, text: str) -> str | int | bool | list[str] | None:
        """Return what the text of a cell means: a number, yes or no, a list, None for nothing.

        A day and a moment stay text. Nothing in a text column is the empty text.
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


def text(name: str, description: Any, source: Any = None, **more: Any) -> Column:
    """Return a column of text; like all of these it is read from the field of its own name."""
    return Column(name, "string", description, source or name, **more)


def number(name: str, description: Any, source: Any = None, **more: Any) -> Column:
    """Return a column of whole numbers."""
    return Column(name, "integer", description, source or name, **more)


def day(name: str, description: Any, source: Any = None, **more: Any) -> Column:
    """Return a column of days."""
    return Column(name, "date", description, source or name, **more)


def moment(name: str, description: Any, source: Any = None, **more: Any) -> Column:
    """Return a column of moments."""
    return Column(name, "datetime", description, source or name, **more)


def yes_or_no(name: str, description: Any, source: Any = None, **more: Any) -> Column:
    """Return a column of true and false."""
    return Column(name, "boolean", description, source or name, **more)


def several(name: str, description: Any, source: Any, **more: Any) -> Column:
    """Return a column of lists."""
    return Column(name, "list", description, source, **more)


class Moment(Func):
    """A moment as ISO 8601 in UTC, to the second."""

    output_field = TEXT

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Format what SQLite keeps as text in UTC."""
        template = "replace(substr(%(expressions)s, 1, 19), ' ', 'T') || 'Z'"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Format what PostgreSQL keeps as a moment, in UTC whatever the session's time zone."""
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        return self.as_sql(compiler, connection, template=template, **context)


class Uid(Func):
    """A permanent id as readers meet it: 36 signs, with hyphens."""

    output_field = TEXT

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Put the hyphens in: SQLite keeps 32 hexadecimal digits."""
        uid = "%(expressions)s"
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        template = " || '-' || ".join(f"substr({uid}, {start}, {size})" for start, size in parts)
        return self.as_sql(compiler, connection, template=f"({template})", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write the database's own type as text."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **context)


class ListOf(Subquery):
    """One column of the rows of a query, in their order, as one text; NULL if there are none."""

    output_field = TEXT

    def __init__(self, rows: QuerySet[Any], path: str) -> None:
        """Take the rows and the path of the column."""
        super().__init__(rows.annotate(part=F(path)).values("part"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Put the parts together in the order of the query inside."""
        return self._with("group_concat", compiler, connection, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Put the parts together in the order of the query inside."""
        return self._with("string_agg", compiler, connection, **context)

    def _with(self, aggregate: str, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"(SELECT {aggregate}(part, '{LIST_SEPARATOR}') FROM (%(subquery)s) parts)"  # noqa: S608
        return self.as_sql(compiler, connection, template=template, **context)


def _as_condition(value: Any) -> Any:
    return value if getattr(value, "conditional", False) else ExpressionWrapper(value, _BOOLEAN)


_BOOLEAN = BooleanField()
