"""Workbooks: every visible sheet, as the text that is shown. Here those of Excel (XLSX)."""

import io
import re
from zipfile import ZipFile

import openpyxl
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from .archives import check_archive
from .cells import Area, SheetPage, grid_of
from .grid import Grid, listed
from .ods import pages_of_ods
from .sheet import MOST_COLUMNS, Refusal, SheetRefused

MOST_SHEETS = 20

# The library that reads row by row, in a third of the memory, knows nothing of these.
HIDDEN = re.compile(rb"<(?:\w+:)?(row|col)\b([^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*)>")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Z0-9:]+)[\"']")
PLACES = re.compile(rb"\b(r|min|max)=[\"'](\d+)[\"']")


def read_workbook(content: bytes) -> list[Grid]:
    """Raises SheetRefused if it cannot be opened; what is wrong in a sheet is kept in its grid."""
    read = pages_of_ods if check_archive(content) == "ods" else _pages_of_xlsx
    try:
        pages, hidden = read(content)
        if len(pages) > MOST_SHEETS:
            words = _("A workbook may have %(most)s sheets. Delete those that are not needed.")
            raise SheetRefused(Refusal(words % {"most": intcomma(MOST_SHEETS)}))
        if not pages:  # as in a Strict workbook, whose words openpyxl does not know
            raise ValueError
        grids = [grid_of(page) for page in pages]
    except SheetRefused:
        raise
    except Exception:  # a file that is not as it should be can raise anything in the library
        words = _(
            "This workbook cannot be read. Save it once more as “Excel Workbook (.xlsx)”, or as"
            " CSV UTF-8."
        )
        raise SheetRefused(Refusal(words)) from None
    # Our own workbooks have their drop-down lists in a hidden sheet of this name.
    if hidden := [name for name in hidden if name != "lists"]:
        words = ngettext(
            "The hidden sheet %(names)s is not read.",
            "The hidden sheets %(names)s are not read.",
            len(hidden),
        )
        words %= {"names": listed([f"“{name}”" for name in hidden])}
        for grid in grids:
            grid.notes.append(words)
    return grids


def _pages_of_xlsx(content: bytes) -> tuple[list[SheetPage], list[str]]:
    """And the names of the hidden sheets."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    pages, hidden = [], []
    with ZipFile(io.BytesIO(content)) as archive:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                pages.append(_page_of_xlsx(sheet, archive.read(sheet._worksheet_path)))
            else:
                hidden.append(sheet.title)
    return pages, hidden


def _page_of_xlsx(sheet: ReadOnlyWorksheet, source: bytes) -> SheetPage:
    sheet.reset_dimensions()
    page = SheetPage(sheet.title, sheet.iter_rows(max_col=MOST_COLUMNS + 1))
    for kind, attributes in HIDDEN.findall(source):
        places = {name: int(number) for name, number in PLACES.findall(attributes)}
        if kind == b"row":
            page.hidden_rows.add(places.get(b"r", 0))
        else:
            last = min(places[b"max"], MOST_COLUMNS)
            page.hidden_columns.update(range(places[b"min"], last + 1))
    page.merged += [Area(*range_boundaries(ref.decode())) for ref in MERGED.findall(source)]
    return page
