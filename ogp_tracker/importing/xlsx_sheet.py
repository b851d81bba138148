"""Workbooks of Excel and LibreOffice: one page of each, as text, without formulas."""

import io
import zipfile
from collections.abc import Collection, Iterator
from datetime import datetime

import openpyxl
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell

from milestones.evidence_files.archives import key_of

from .sheet import MOST_COLUMNS, ImportSheet, Refusal, SheetRefused, in_columns

MOST_UNPACKED = 100 * 1024**2
"""How many bytes a workbook may unpack to; a full one of the tracker's has some ten million."""

FULL_CELL = 32_767
"""So many characters fit into a cell of a spreadsheet; longer texts are cut off."""

EMPTY_ROWS_AT_THE_END = 5_000


def read_xlsx(content: bytes, pages: Collection[str] = ()) -> ImportSheet:
    """The first page of the workbook that has one of these names, or its first of all.

    Raises SheetRefused.
    """
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        page = book[next((name for name in book.sheetnames if name in pages), book.sheetnames[0])]
        page.reset_dimensions()
        records = list(_without_the_empty_end(page.iter_rows(max_col=MOST_COLUMNS + 1)))
    except Exception:  # a file that is not as it should be can raise anything in the library
        raise SheetRefused(
            Refusal(_("This workbook cannot be read. Save it once more as XLSX, or as CSV UTF-8."))
        ) from None
    sheet = in_columns("xlsx", _texts(records))
    if len(book.sheetnames) > 1:
        sheet.notes.append(_("Of the workbook only “%(page)s” is read.") % {"page": page.title})
    return sheet


def _check_archive(content: bytes) -> None:
    """Refuse what is not a workbook, and what unpacks to more than a workbook needs."""
    what_to_do = _("Choose a sheet that is saved as XLSX or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            is_too_much = sum(member.file_size for member in members) > MOST_UNPACKED
            has_types = not is_too_much and any(_declares_types(archive, one) for one in members)
        kind = "" if is_too_much else key_of(ContentFile(content), what_to_do)
    except ValidationError as refusal:
        raise SheetRefused(Refusal(" ".join(refusal.messages))) from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise SheetRefused(
            Refusal(_("This workbook is damaged or cut off. %(do)s") % {"do": what_to_do})
        ) from None
    if is_too_much or has_types:
        raise SheetRefused(
            Refusal(_("This workbook unpacks to far more than a sheet needs. It is not opened."))
        )
    if kind != "xlsx":
        raise SheetRefused(Refusal(_("This is a document and no workbook. ") + what_to_do))


def _declares_types(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part has a DOCTYPE, whose entities can multiply; no workbook needs one."""
    if not member.filename.endswith((".xml", ".rels")) or member.flag_bits & 1:
        return False
    with archive.open(member) as part:
        return b"<!DOCTYPE" in part.read(2048)


def _without_the_empty_end(rows: Iterator[tuple[Cell, ...]]) -> Iterator[list[Cell]]:
    """The rows, but not thousands of empty ones before a cell touched by mistake."""
    empty = 0
    for row in rows:
        empty = 0 if any(cell.value is not None for cell in row) else empty + 1
        if empty > EMPTY_ROWS_AT_THE_END:
            return
        yield list(row)


def _texts(rows: list[list[Cell]]) -> Iterator[list[str]]:
    """The texts of the cells, as many in each row as there are columns.

    Raises SheetRefused with every cell that cannot be taken as it is.
    """
    names = [_text(cell.value).strip() for cell in rows[0]] if rows else []
    refusals = []
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if sentence := _what_is_wrong(cell):
                name = names[place] if place < len(names) else ""
                refusals.append(Refusal(sentence, number, name))
    if refusals:
        raise SheetRefused(*refusals)
    for row in rows:
        texts = [_text(cell.value) for cell in row]
        yield texts + [""] * (len(names) - len(texts))


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


def _text(value: object) -> str:
    """A value as the tracker's own CSV has it: whole numbers without point, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value)
