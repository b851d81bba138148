"""One public table: its columns, its keys, and the rows that readers may have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from django.db.models import QuerySet
from django_filters import FilterSet

from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.rows import Block, blocks_of, in_blocks, snapshot

Author = Literal["government", "assessor", "tracker"]


class RowsOfSeveralModels(Protocol):
    """Rows of several models with the same columns, one model after the other."""

    def in_turn(self) -> Sequence[QuerySet[Any]]: ...


TableRows = QuerySet[Any] | RowsOfSeveralModels


@dataclass(frozen=True)
class Table:
    """A table that anyone may download, with all that a stranger needs to read it."""

    name: str
    title: StrOrPromise
    description: StrOrPromise
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[date], TableRows] | None = None
    """The rows that are public on a date, in the order in which they are exported."""
    read: Callable[[datetime | None], Iterator[tuple[str, ...]]] | None = None
    """Instead of `rows`, where no single query gives them: yields the cells, as at a time."""
    refers_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other tables, each with the columns here that hold its key, in the order of its key."""
    authors: tuple[Author, ...] = ("government",)
    """Whose words it contains; each author's have their own licence."""
    filters: type[FilterSet] | None = None
    """The filters of the page that lists these rows, if there is one."""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def queryset(self, on: date) -> QuerySet[Any]:
        """The public rows on a date. Raises TypeError where no single query gives them."""
        rows = self.rows(on) if self.rows else None
        if not isinstance(rows, QuerySet):
            raise TypeError(f"The table {self.name} has no rows that could be narrowed down.")
        return rows

    def blocks(
        self, on: date, rows: TableRows | None = None, as_at: datetime | None = None
    ) -> Iterator[Block]:
        """The cells block by block, as at the date `on`; of several models from one snapshot.

        `rows` is a selection of the rows. `as_at` gives them as they were just before a time, which
        should then be the end of `on`.
        """
        if self.read is not None:
            return in_blocks(self.read(as_at))
        if rows is None and self.rows is not None:
            rows = self.rows(on)
        if rows is None:
            raise TypeError(f"The table {self.name} has neither rows nor what reads them.")
        cells = [column.as_text(on) for column in self.columns]
        if isinstance(rows, QuerySet):
            return blocks_of(rows.values_list(*cells), as_at)
        return _in_turn([blocks_of(one.values_list(*cells), as_at) for one in rows.in_turn()])


def _in_turn(parts: Sequence[Iterator[Block]]) -> Iterator[Block]:
    with snapshot():
        for part in parts:
            yield from part
