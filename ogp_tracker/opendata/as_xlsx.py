"""A table as a workbook of Excel with one sheet.

Every text is written as text, so that none can be a formula. Dates and times stay text in ISO 8601:
Excel's own dates depend on the program that reads them. The same rows make the same bytes.

A text that says `_x000D_` is written as ECMA-376 (22.9.2.19) asks: `_x005F_x000D_`. Excel,
LibreOffice and our own import read that as the text that it was; openpyxl and pandas hand it
through.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.rows import Block

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold; Excel's own limit."""

CUT = " […] Cut here, as a cell of a workbook holds no more. The whole text is in CSV and JSON."

WIDTHS = {"string": 28.0, "list": 24.0, "datetime": 22.0, "date": 12.0}
NARROW = 14.0

# A workbook that said when it was made would never be the same twice.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)

CONTROL_CHARACTERS = bytes({*range(32)} - {*b"\t\n"})


def write_xlsx(name: str, columns: tuple[Column, ...], blocks: Iterable[Block], to: Path) -> None:
    """`name` is the name of the sheet."""
    # Row by row into a file beside `to`, so that memory does not grow with the rows.
    options = {"constant_memory": True, "tmpdir": str(to.parent), "use_zip64": True}
    with Workbook(to, options) as book:
        book.set_properties({"created": NO_TIME})
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(column.kind, NARROW))
            sheet.write_string(0, place, column.name, bold)
        writers = [_writer(book, sheet, column.kind) for column in columns]
        rows = (row for block in blocks for row in block)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if cell:
                    writers[place](number, place, cell)


def _writer(book: Workbook, sheet: Worksheet, kind: str) -> Callable[[int, int, bytes], object]:
    if kind == "integer":
        return lambda row, place, cell: sheet.write_number(row, place, int(cell))
    if kind == "boolean":
        return lambda row, place, cell: sheet.write_boolean(row, place, cell == b"true")
    plain = book.add_format()

    def write_text(row: int, place: int, cell: bytes) -> None:
        text = _text(cell)
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes this for XML of its own, unless it has made it out of two runs.
            sheet.write_rich_string(row, place, "<", plain, text[1:])
        else:
            sheet.write_string(row, place, text)

    return write_text


def _text(cell: bytes) -> str:
    """With the line breaks of a spreadsheet, and without what XML cannot hold."""
    cell = cell.replace(b"\r\n", b"\n").replace(b"\r", b"\n").translate(None, CONTROL_CHARACTERS)
    text = cell.decode().replace("\ufffe", "").replace("\uffff", "")
    return text if len(cell) <= LONGEST_CELL else fit(text)


def fit(text: str) -> str:
    """The text, cut to what a cell can hold; its end then says so."""
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", errors="ignore") + CUT
