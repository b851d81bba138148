"""One public table: its columns, its keys, and the rows that readers may have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet

from ogp_tracker.data.columns import Column
from ogp_tracker.data.rows import Block, RawBlock, blocks_of, raw_blocks_of

Words = Literal["government", "assessor", "tracker"]


@dataclass(frozen=True)
class Table:
    """A table that anybody may take away, with all that a stranger needs to read it."""

    name: str
    title: Any
    description: Any
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that name a row."""
    rows: Callable[[date], QuerySet[Any]] | None = None
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

    def blocks(
        self, on: date, rows: QuerySet[Any] | None = None, as_at: datetime | None = None
    ) -> Iterator[Block]:
        """Yield the cells as text, block by block, read on the day `on`.

        `rows` is a selection of the rows. `as_at` gives them as they were just before a moment,
        which is then best the end of `on`.
        """
        if self.read is not None:
            return self.read(as_at)
        return blocks_of(self._cells(on, rows), as_at)

    def raw_blocks(
        self, on: date, rows: QuerySet[Any] | None = None, as_at: datetime | None = None
    ) -> Iterator[Block] | Iterator[RawBlock]:
        """Yield the same cells in UTF-8, where the database gives them so, and else as text."""
        if self.read is not None:
            return self.read(as_at)
        return raw_blocks_of(self._cells(on, rows), as_at)

    def _cells(self, on: date, rows: QuerySet[Any] | None) -> QuerySet[Any]:
        """Return the query of the cells, one tuple for each row."""
        if rows is None and self.rows is not None:
            rows = self.rows(on)
        if rows is None:
            raise TypeError(f"The table {self.name} has neither rows nor what reads them.")
        return rows.values_list(*(column.as_text(on) for column in self.columns))
