"""The formats in which a table can be downloaded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.opendata.as_csv import to_csv
from ogp_tracker.opendata.as_json import to_json, to_json_lines
from ogp_tracker.opendata.as_xlsx import write_xlsx
from ogp_tracker.opendata.rows import Block
from ogp_tracker.opendata.table import Table, TableRows

PIECE = 64 * 1024
"""Bytes that are sent at once."""


@dataclass(frozen=True)
class Format:
    ending: str
    label: StrOrPromise
    media_type: str
    write: Callable[[Table, Iterator[Block]], Iterator[bytes]]

    def content(
        self, table: Table, on: date, rows: TableRows | None = None, as_at: datetime | None = None
    ) -> Iterator[bytes]:
        """The arguments are those of `Table.blocks`."""
        return in_pieces(self.write(table, table.blocks(on, rows, as_at)))


def through_a_file(ending: str, write: Callable[[Path], object]) -> Iterator[bytes]:
    """What `write` puts into a temporary file; it is sent once the file is complete."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        write(path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


FORMATS: tuple[Format, ...] = (
    Format(
        "csv",
        _("CSV"),
        "text/csv; charset=utf-8; header=present",
        lambda table, blocks: to_csv(table.names, blocks),
    ),
    Format(
        "xlsx",
        _("XLSX"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda table, blocks: through_a_file(
            ".xlsx", partial(write_xlsx, table.name, table.columns, blocks)
        ),
    ),
    Format(
        "json", _("JSON"), "application/json", lambda table, blocks: to_json(table.columns, blocks)
    ),
    Format(
        "jsonl",
        _("JSON Lines"),
        "application/jsonl",
        lambda table, blocks: to_json_lines(table.columns, blocks),
    ),
)

BY_ENDING = {one.ending: one for one in FORMATS}


def in_pieces(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about 64 kB: many small ones cost a server more."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= PIECE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
