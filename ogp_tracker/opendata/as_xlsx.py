"""A table as a workbook of Excel (Office Open XML) with one sheet.

Every text is written as text, so that none can be a formula. Dates and times stay text in ISO 8601:
Excel's own dates depend on the program that reads them. The same rows make the same bytes.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rustpy_xlsxwriter import FastExcel

from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.rows import Block

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold; Excel's own limit."""

CUT = " […] Cut here, as a cell of a workbook holds no more. The whole text is in CSV and JSON."

WIDTHS = {"string": 28.0, "list": 24.0, "datetime": 22.0, "date": 12.0}
NARROW = 14.0

PROPERTIES = "docProps/core.xml"
TIMES = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")


def write_xlsx(name: str, columns: tuple[Column, ...], blocks: Iterable[Block], to: Path) -> None:
    """`name` is the name of the sheet."""
    names = [column.name for column in columns]
    (
        FastExcel(to, columns=names)
        .format(bold_headers=True)
        .freeze(row=1)
        .sheet(
            name[:31],
            _rows(columns, blocks),
            column_widths=[WIDTHS.get(column.kind, NARROW) for column in columns],
        )
        .save()
    )
    _take_out_times(to)


def _take_out_times(path: Path) -> None:
    """Write the properties of the workbook, and what comes after them, again without any time.

    The sheet before them, which may be large, stays where it is.
    """
    with ZipFile(path, "a") as book:
        place = book.filelist.index(book.getinfo(PROPERTIES))
        again = [(info.filename, book.read(info)) for info in book.filelist[place:]]
        book.start_dir = book.filelist[place].header_offset
        for info in book.filelist[place:]:
            del book.NameToInfo[info.filename]
        del book.filelist[place:]
        for name, content in again:
            book.writestr(ZipInfo(name), TIMES.sub(b"", content), ZIP_DEFLATED)


def _rows(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Iterator[dict[str, Any]]:
    names = [column.name for column in columns]
    typed = [column for column in columns if column.kind in {"integer", "boolean"}]
    is_empty = True
    for block in blocks:
        is_empty = False
        for row in block:
            texts = (cell.decode() for cell in row)
            cells: dict[str, Any] = dict(zip(names, texts, strict=True))
            for column in typed:
                cells[column.name] = column.value_of(cells[column.name])
            if max(map(len, row)) > LONGEST_CELL:
                cells.update({name: fit(cell) for name, cell in cells.items()})
            yield cells
    if is_empty:
        # The names of the columns are written with the first row.
        yield dict.fromkeys(names)


def fit(cell: object) -> object:
    """The cell, cut to what a workbook can hold; its end then says so."""
    if not isinstance(cell, str) or len(cell.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return cell
    kept = cell.encode("utf-16-le")[: 2 * (LONGEST_CELL - len(CUT))]
    return kept.decode("utf-16-le", errors="ignore") + CUT
