"""A table as a workbook of Excel (Office Open XML, ECMA-376) with one sheet.

Every text is written as text, so that none can be a formula. Dates and times stay text in ISO 8601:
Excel's own dates depend on the program that reads them. The same rows make the same bytes.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.utils import get_column_letter

from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.rows import Block

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold; Excel's own limit."""

CUT = " […] Cut here, as a cell of a workbook holds no more. The whole text is in CSV and JSON."

WIDTHS = {"string": 28.0, "list": 24.0, "datetime": 22.0, "date": 12.0}
NARROW = 14.0

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org"
MAIN = f"{OFFICE}/spreadsheetml/2006/main"
RELATIONS = f"{OFFICE}/officeDocument/2006/relationships"
PACKAGE = f"{OFFICE}/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"

PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>
<Override PartName="/{SHEET}" ContentType="{TYPE}.worksheet+xml"/>
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/>
</Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{MAIN}">
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>""",
}
FIRST_ROW_STAYS = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
    ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)

CONTROL_CHARACTERS = bytes({*range(32)} - {*b"\t\n"})
NO_CHARACTERS = "\ufffe".encode(), "\uffff".encode()
# What no row may hold, its cells joined, that is written as it is: signs that XML takes for its own
# or cannot hold, spaces at the ends of a cell, and what looks like an escape. (Looking for each is
# many times as fast as one regular expression.)
BETWEEN = b"\x1f"
UNSAFE_SIGNS = b"&<>" + CONTROL_CHARACTERS.replace(BETWEEN, b"")
UNSAFE = (
    *NO_CHARACTERS,
    *(BETWEEN + space for space in (b" ", b"\t", b"\n")),
    *(space + BETWEEN for space in (b" ", b"\t", b"\n")),
    b"_x",
)
# A program that follows the standard would take `_x000D_` in a text for a line break, and one that
# does not (openpyxl, pandas) would show the standard's escape for it. Divided into two runs, as in
# a text of which a part is bold, it is for all of them the text that was stored.
LIKE_AN_ESCAPE = re.compile(rb"(?<=_)(?=x[0-9A-Fa-f]{4}_)")
TEXT = b'<t xml:space="preserve">%b</t>'
DIGITS = {b"true": b"1", b"false": b"0", b"": b""}


def write_xlsx(name: str, columns: tuple[Column, ...], blocks: Iterable[Block], to: Path) -> None:
    """`name` is the name of the sheet."""
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name={quoteattr(name[:31])} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    with ZipFile(to, "w") as book:
        for part, content in (PARTS | {"xl/workbook.xml": workbook}).items():
            # Without a time: the same rows make the same bytes.
            book.writestr(ZipInfo(part), HEADER + content, ZIP_DEFLATED)
        sheet = ZipInfo(SHEET)
        sheet.compress_type = ZIP_DEFLATED
        with book.open(sheet, "w", force_zip64=True) as file:
            _write_sheet(file, columns, blocks)


def _write_sheet(file: IO[bytes], columns: tuple[Column, ...], blocks: Iterable[Block]) -> None:
    widths = (
        f'<col min="{place}" max="{place}" width="{WIDTHS.get(column.kind, NARROW)}"'
        ' customWidth="1"/>'
        for place, column in enumerate(columns, start=1)
    )
    start = f'<worksheet xmlns="{MAIN}">{FIRST_ROW_STAYS}<cols>{"".join(widths)}</cols><sheetData>'
    file.write((HEADER + start).encode())
    names = (
        f'<c r="{get_column_letter(place)}1" s="1" t="inlineStr"><is><t>{column.name}</t></is></c>'
        for place, column in enumerate(columns, start=1)
    )
    file.write(f'<row r="1">{"".join(names)}</row>'.encode())
    number = 2
    for block in blocks:
        file.write(b"".join(_rows(columns, block, number)))
        number += len(block)
    file.write(b"</sheetData></worksheet>")


def _rows(columns: tuple[Column, ...], block: Block, number: int) -> Iterator[bytes]:
    """Empty cells are left out."""
    kinds = [column.kind for column in columns]
    plain, prepared = (
        [_around(place, kind, *text) for place, kind in enumerate(kinds, start=1)]
        for text in ((b"<t>", b"</t>"), (b"", b""))
    )
    booleans = [place for place, kind in enumerate(kinds) if kind == "boolean"]
    for row_number, row in enumerate(block, start=number):
        joined = BETWEEN + BETWEEN.join(row) + BETWEEN
        is_safe = (
            joined.count(BETWEEN) == len(row) + 1
            and len(joined.translate(None, UNSAFE_SIGNS)) == len(joined)
            and not any(sign in joined for sign in UNSAFE)
            and max(map(len, row)) <= LONGEST_CELL
        )
        around = plain if is_safe else prepared
        cells = [*(row if is_safe else map(_safe, kinds, row))]
        for place in booleans:
            cells[place] = DIGITS[cells[place]]
        digits = b"%d" % row_number
        written = [
            before + digits + between + cell + after
            for (before, between, after), cell in zip(around, cells, strict=True)
            if cell
        ]
        yield b'<row r="%b">%b</row>' % (digits, b"".join(written))


def _around(place: int, kind: str, start: bytes, end: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the number of the row, between it and the value, and after that."""
    before = f'<c r="{get_column_letter(place)}'.encode()
    match kind:
        case "integer":
            return before, b'"><v>', b"</v></c>"
        case "boolean":
            return before, b'" t="b"><v>', b"</v></c>"
        case _:
            return before, b'" t="inlineStr"><is>' + start, end + b"</is></c>"


def _safe(kind: str, cell: bytes) -> bytes:
    """The text as elements of XML; its line breaks are LF, as in what a spreadsheet writes."""
    if kind in {"integer", "boolean"}:
        return cell
    text = cell.replace(b"\r\n", b"\n").replace(b"\r", b"\n").translate(None, CONTROL_CHARACTERS)
    for sign in NO_CHARACTERS:
        text = text.replace(sign, b"")
    if len(text) > LONGEST_CELL:
        text = fit(text.decode()).encode()
    for sign, entity in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;")):
        text = text.replace(sign, entity)
    if not text:
        return b""
    if b"_x" not in text:
        return TEXT % text
    runs = LIKE_AN_ESCAPE.split(text)
    return b"".join(b"<r>%b</r>" % (TEXT % run) for run in runs)


def fit(text: str) -> str:
    """The text, cut to what a cell can hold; its end then says so."""
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", errors="ignore") + CUT
