"""One public table: its columns, its keys, and the rows that readers may have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from django.db.models import QuerySet

from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.rows import Block, RawBlock, blocks_of, one_moment, raw_blocks_of

Words = Literal["government", "assessor", "tracker"]


class InTurn(Protocol):
    """Rows of several models, which have the same columns: one after the other."""

    def in_turn(self) -> Sequence[QuerySet[Any]]:
        """Return the rows of each model, in their order."""


Rows = QuerySet[Any] | InTurn


@dataclass(frozen=True)
class Table:
    """A table that anybody may take away, with all that a stranger needs to read it."""

    name: str
    title: Any
    description: Any
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that name a row."""
    rows: Callable[[date], Rows] | None = None
    """Give the rows that are public, on a day, in the order in which they are handed out."""
    read: Callable[[datetime | None], Iterator[Block]] | None = None
    """In place of `rows`, where no single query gives them: yield the cells, as at a moment."""
    refers_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other tables, each with the columns here that hold its key, in the order of its key."""
    words_of: tuple[Words, ...] = ("government",)
    """Whose words stand in it; each has its own licence."""
    filters: Callable[[], Any] | None = None
    """The filters of the page that lists these rows, if there is one."""

    @property
    def names(self) -> list[str]:
        """Return the names of the columns, in their order."""
        return [column.name for column in self.columns]

    def queryset(self, on: date) -> QuerySet[Any]:
        """Return the rows that are public on a day, where a single query gives them."""
        rows = self.rows(on) if self.rows else None
        if not isinstance(rows, QuerySet):
            raise TypeError(f"The table {self.name} has no rows that could be narrowed down.")
        return rows

    def blocks(
        self, on: date, rows: Rows | None = None, as_at: datetime | None = None
    ) -> Iterator[Block]:
        """Yield the cells as text, block by block, read on the day `on`.

        `rows` is a selection of the rows. `as_at` gives them as they were just before a moment,
        which is then best the end of `on`.
        """
        if self.read is not None:
            return self.read(as_at)
        return self._read(blocks_of, on, rows, as_at)

    def raw_blocks(
        self, on: date, rows: Rows | None = None, as_at: datetime | None = None
    ) -> Iterator[Block] | Iterator[RawBlock]:
        """Yield the same cells in UTF-8, where the database gives them so, and else as text."""
        if self.read is not None:
            return self.read(as_at)
        return self._read(raw_blocks_of, on, rows, as_at)

    def _read(
        self,
        read: Callable[[QuerySet[Any], datetime | None], Iterator[Any]],
        on: date,
        rows: Rows | None,
        as_at: datetime | None,
    ) -> Iterator[Any]:
        """Yield what `read` makes of the cells; those of several models are of one moment, too."""
        if rows is None and self.rows is not None:
            rows = self.rows(on)
        if rows is None:
            raise TypeError(f"The table {self.name} has neither rows nor what reads them.")
        cells = [column.as_text(on) for column in self.columns]
        if isinstance(rows, QuerySet):
            return read(rows.values_list(*cells), as_at)
        return _in_turn([read(one.values_list(*cells), as_at) for one in rows.in_turn()])


def _in_turn(parts: Sequence[Iterator[Any]]) -> Iterator[Any]:
    with one_moment():
        for part in parts:
            yield from part
