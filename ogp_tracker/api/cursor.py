"""Pages of a list that start after the last row of the page before.

With page numbers a row would appear twice, or be left out, when rows are added or removed
meanwhile. Here the next page begins after the last row's values in the order of the list, so every
row that exists throughout comes exactly once. The cursor contains those values, signed: it can be
passed on, but not made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy


class InvalidCursor(ValueError):
    """The cursor is not from this list in this order."""


@dataclass(frozen=True)
class OrderedRows:
    """Rows in a total order, and the name under which their cursors are signed."""

    rows: QuerySet[Any]
    terms: tuple[OrderBy, ...]
    """Each an expression and a direction. NULL comes last."""
    name: str

    @classmethod
    def of(cls, rows: QuerySet[Any], name: str) -> "OrderedRows":
        """Keep the order of the rows, and order equal rows by primary key."""
        order = [one for one in rows.query.order_by if one != "pk"]
        terms = [term_of(rows.model, one) for one in (*order, "pk")]
        return cls(rows.order_by(*terms), tuple(terms), name)

    @property
    def position(self) -> tuple[Any, ...]:
        return tuple(term.expression for term in self.terms)

    def after(self, cursor: str) -> QuerySet[Any]:
        """All rows without a cursor. Raises InvalidCursor."""
        if not cursor:
            return self.rows
        try:
            values = self._signer().unsign_object(cursor)
        except (signing.BadSignature, ValueError) as error:
            raise InvalidCursor(cursor) from error
        names = [f"position_{number}" for number in range(len(self.terms))]
        rows = self.rows.alias(**dict(zip(names, self.position, strict=True)))
        before, after = Q(), Q(pk__in=[])
        for term, name, value in zip(self.terms, names, values, strict=True):
            after |= before & _after(term, name, value)
            before &= Q(**{f"{name}__isnull": True} if value is None else {name: value})
        return rows.filter(after)

    def cursor(self, position: Sequence[Any]) -> str:
        values = [value.isoformat() if isinstance(value, date) else value for value in position]
        return self._signer().sign_object(values)

    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=f"ogp_tracker.api.cursor/{self.name}")


def term_of(model: type[Model], one: str | Combinable) -> OrderBy:
    if isinstance(one, str):
        one = OrderBy(F(one.removeprefix("-")), descending=one.startswith("-"))
    if not isinstance(one, OrderBy):
        raise TypeError(f"A list of the API cannot be ordered by {one!r}.")
    nulls_last = _may_be_null(model, one.expression) or None
    return OrderBy(one.expression, descending=one.descending, nulls_last=nulls_last)


def _after(term: OrderBy, name: str, value: Any) -> Q:
    """The condition for rows after this value; `name` is the alias of the term."""
    if value is None:
        return Q(pk__in=[])
    after = Q(**{f"{name}__{'lt' if term.descending else 'gt'}": value})
    return after | Q(**{f"{name}__isnull": True}) if term.nulls_last else after


def _may_be_null(model: type[Model], value: object) -> bool:
    """False only for a column of the table itself that is never NULL."""
    name = getattr(value, "name", None)
    if name is None or name == "pk":
        return name is None
    try:
        return bool(model._meta.get_field(name).null)
    except FieldDoesNotExist:
        return True
