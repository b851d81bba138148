"""Workbooks of Excel and LibreOffice: one page of each, as text, without formulas."""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import datetime

import openpyxl
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell

from milestones.evidence_files.archives import key_of

from .sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    ImportSheet,
    Refusal,
    SheetRefused,
    in_columns,
    too_many_rows,
)

MOST_UNPACKED = 30 * 1024**2
"""How many bytes a workbook may unpack to; a full one of the tracker's has some ten million."""

# Three are a cell, and a full sheet has 120,000 cells. They are counted before any is read, because
# to read them takes the library far longer: 2 seconds and 120 MB for so many.
MOST_ELEMENTS = 400_000

ENDS_OF_ELEMENTS = (b"</", b"/>", b"<\0/", b"/\0>")
"""In UTF-8 and in UTF-16."""
PARTS_WITH_CELLS = ("xl/worksheets/", "xl/sharedStrings")

FULL_CELL = 32_767
"""So many characters fit into a cell of a spreadsheet; longer texts are cut off."""

DECIMALS = re.compile(r"0\.(0+)")
"""How a format of numbers says how many decimals are shown."""

EMPTY_ROWS_AT_THE_END = 5_000
BLOCK = 1024**2

PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Nothing else is in workbooks, and nothing else can be unpacked block by block."""


def read_xlsx(content: bytes, pages: Collection[str] = ()) -> ImportSheet:
    """The first page of these names, or the first of all. Raises SheetRefused."""
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        page = book[next((name for name in book.sheetnames if name in pages), book.sheetnames[0])]
        page.reset_dimensions()
        records = _texts(_without_the_empty_end(page.iter_rows(max_col=MOST_COLUMNS + 1)))
    except SheetRefused:
        raise
    except Exception:  # a file that is not as it should be can raise anything in the library
        sentence = _("This workbook cannot be read. Save it once more as XLSX, or as CSV UTF-8.")
        raise SheetRefused(Refusal(sentence)) from None
    sheet = in_columns(records)
    if len(book.sheetnames) > 1:
        sheet.notes.append(_("Of the workbook only “%(page)s” is read.") % {"page": page.title})
    return sheet


def _check_archive(content: bytes) -> None:
    """Refuse what is not a workbook, and what unpacks to more than a workbook needs."""
    what_to_do = _("Choose a sheet that is saved as XLSX or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not {member.compress_type for member in members} <= PACKED:
                raise zipfile.BadZipFile
            is_too_much = sum(member.file_size for member in members) > MOST_UNPACKED
            has_types = not is_too_much and any(_declares_types(archive, one) for one in members)
            is_too_much = is_too_much or _has_too_many_elements(archive, members)
        kind = "" if is_too_much else key_of(ContentFile(content), what_to_do)
    except ValidationError as refusal:
        raise SheetRefused(Refusal(" ".join(refusal.messages))) from None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        sentence = _("This workbook is damaged or cut off. %(do)s") % {"do": what_to_do}
        raise SheetRefused(Refusal(sentence)) from None
    if is_too_much or has_types:
        sentence = _(
            "This workbook unpacks to far more than a sheet needs. It is not opened. Copy"
            " the rows that you need, as values, into a new workbook, or save them as CSV"
            " UTF-8."
        )
        raise SheetRefused(Refusal(sentence))
    if kind != "xlsx":
        raise SheetRefused(Refusal(_("This is a document and no workbook. ") + what_to_do))


def _declares_types(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part has a DOCTYPE, whose entities can multiply; no workbook needs one."""
    if not member.filename.endswith((".xml", ".rels")) or member.flag_bits & 1:
        return False
    with archive.open(member) as part:
        return b"<!DOCTYPE" in part.read(2048)


def _has_too_many_elements(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    left = MOST_ELEMENTS
    for member in members:
        if member.flag_bits & 1:  # locked by a password, and refused for that
            continue
        # A style takes the library four times as long as a cell.
        weight = 1 if member.filename.startswith(PARTS_WITH_CELLS) else 4
        with archive.open(member) as part:
            while left >= 0 and (block := part.read(BLOCK)):
                left -= weight * sum(block.count(end) for end in ENDS_OF_ELEMENTS)
    return left < 0


def _without_the_empty_end(rows: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """The rows, but not thousands of empty ones before a cell touched by mistake.

    Raises SheetRefused if there are far more than a sheet may have, filled or empty.
    """
    empty = 0
    for number, row in enumerate(rows, start=1):
        empty = 0 if any(cell.value is not None for cell in row) else empty + 1
        if empty > EMPTY_ROWS_AT_THE_END:
            return
        if number > MOST_ROWS + EMPTY_ROWS_AT_THE_END:
            raise SheetRefused(too_many_rows(number))
        yield row


def _texts(rows: Iterator[tuple[Cell, ...]]) -> list[list[str]]:
    """As many in each row as there are columns. Raises SheetRefused with every cell not taken."""
    names: list[str] = []
    records: list[list[str]] = []
    refusals: list[Refusal] = []
    most = int(settings.IMPORT_MAX_MEGABYTES)
    room = most * 1024**2
    for number, row in enumerate(rows, start=1):
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if number == 1:
            names = [text.strip() for text in texts]
        for place, cell in enumerate(row):
            if sentence := _what_is_wrong(cell):
                name = names[place] if place < len(names) else ""
                refusals.append(Refusal(sentence, number, name))
        # Many cells can share one text, which is in the file only once.
        room -= sum(map(len, texts))
        if room < 0:
            sentence = _("There is more than %(most)d MB of text. Divide the sheet into several.")
            raise SheetRefused(*refusals, Refusal(sentence % {"most": most}, number))
        records.append(texts + [""] * (len(names) - len(texts)))
    if refusals:
        raise SheetRefused(*refusals)
    return records


def _what_is_wrong(cell: Cell) -> str:
    if cell.data_type == "f":
        return _("There is a formula here. Put its result in its place (paste as values).")
    if cell.data_type == "e":
        return _("There is an error of the spreadsheet here: %(error)s.") % {"error": cell.value}
    if isinstance(cell.value, str) and len(cell.value) >= FULL_CELL:
        return _(
            "This text fills the cell to its last sign, so the spreadsheet may have cut it off."
            " Use CSV for texts of this length."
        )
    return ""


def _text(cell: Cell) -> str:
    """A value as the tracker's own CSV has it: whole numbers without point, ISO dates.

    A number that is shown with a fixed number of decimals stays as shown: 1.10 is not 1.1.
    """
    value: object = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and (decimals := DECIMALS.fullmatch(cell.number_format)):
        return f"{value:.{len(decimals[1])}f}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value)
