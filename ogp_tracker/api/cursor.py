"""Pages of a list that go on behind the last row of the page before.

A page number would show a row twice, or leave one out, when rows come or go meanwhile. Here the
next page begins behind what the last row said in the order of the list, so every row that was
there from beginning to end comes once. The cursor holds that, signed: it can be passed on, but not
made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy


class BadCursor(ValueError):
    """A cursor that this list in this order did not give."""


@dataclass(frozen=True)
class Term:
    """One part of an order: by what, in which direction. What is not known comes last."""

    value: Any
    falls: bool
    may_be_null: bool

    def order(self) -> OrderBy:
        """Return it as `order_by` takes it."""
        return OrderBy(self.value, descending=self.falls, nulls_last=self.may_be_null or None)

    def behind(self, name: str, value: Any) -> Q:
        """Return the condition for rows behind this value; `name` is the alias of the term."""
        if value is None:
            return Q(pk__in=[])
        behind = Q(**{f"{name}__{'lt' if self.falls else 'gt'}": value})
        return behind | Q(**{f"{name}__isnull": True}) if self.may_be_null else behind


@dataclass(frozen=True)
class Ordered:
    """Rows in an order that leaves nothing to chance, and the name under which it is signed."""

    rows: QuerySet[Any]
    terms: tuple[Term, ...]
    name: str

    @classmethod
    def of(cls, rows: QuerySet[Any], name: str) -> "Ordered":
        """Take the order that the rows have; behind all else they are ordered by number."""
        order = [one for one in rows.query.order_by if one != "pk"]
        terms = [term_of(rows.model, one) for one in (*order, "pk")]
        return cls(rows.order_by(*(term.order() for term in terms)), tuple(terms), name)

    @property
    def place(self) -> tuple[Any, ...]:
        """Return the expressions that say where a row stands."""
        return tuple(term.value for term in self.terms)

    def behind(self, cursor: str) -> QuerySet[Any]:
        """Return the rows behind a cursor, all of them without one. Raises BadCursor."""
        if not cursor:
            return self.rows
        try:
            values = self._signer().unsign_object(cursor)
        except (signing.BadSignature, ValueError) as error:
            raise BadCursor(cursor) from error
        names = [f"place_{number}" for number in range(len(self.terms))]
        rows = self.rows.alias(**dict(zip(names, self.place, strict=True)))
        before, behind = Q(), Q(pk__in=[])
        for term, name, value in zip(self.terms, names, values, strict=True):
            behind |= before & term.behind(name, value)
            before &= Q(**{f"{name}__isnull": True} if value is None else {name: value})
        return rows.filter(behind)

    def cursor(self, place: Sequence[Any]) -> str:
        """Return the cursor that leads behind a row, which stands at this place."""
        values = [value.isoformat() if isinstance(value, date) else value for value in place]
        return self._signer().sign_object(values)

    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=f"ogp_tracker.api.cursor/{self.name}")


def term_of(model: type[Model], one: Any) -> Term:
    """Return a term for what stands in an `order_by` of this model."""
    if isinstance(one, OrderBy):
        return Term(one.expression, one.descending, _may_be_null(model, one.expression))
    value = F(one.removeprefix("-"))
    return Term(value, one.startswith("-"), _may_be_null(model, value))


def _may_be_null(model: type[Model], value: Any) -> bool:
    """Return False for a column of the table itself that always says something."""
    try:
        name = model._meta.pk.name if value.name == "pk" else value.name
        return bool(model._meta.get_field(name).null)
    except (AttributeError, FieldDoesNotExist):
        return True
