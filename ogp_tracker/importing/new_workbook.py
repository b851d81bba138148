"""Workbooks to fill in: sheets of public tables, lists to choose from, what each column means."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from commitments.models import OGPValue, PolicyArea
from irm.codebook import BY_NAME, NOTHINGS
from ogp_tracker.opendata.as_xlsx import LONGEST_CELL
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables.found import NATION_CODES

from .sheet import MOST_ROWS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

GIVEN_HERE = {"milestone_number", "order", "label_is_ours", "language", "update_id"}
"""Columns that nobody has to fill in a new row, though no stored row is without them."""

LONG_TEXTS = {
    *("title", "objective", "problem", "contribution", "lead_as_published", "support_as_published"),
    *("text", "words_as_published", "narrative", "obstacles", "editorial_note", "tracker_note"),
    *("title_in_report", "commitment_as_reported", "analysis", "footnotes", "found"),
    *("policy_areas", "values_claimed", "values_as_published", "relevant_values"),
}
HEAD = PatternFill("solid", fgColor="F2EEE6")
WRAPPED = Alignment(vertical="top", wrap_text=True)
TEXT = "@"
"""Excel's format for cells whose content stays as it is typed: 1.10 is not 1.1, and no date."""

CHANGED_BY_WORKBOOKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""Signs that no workbook can hold, and what Excel takes for the code of a sign."""

Texts = tuple[str, ...]


@dataclass(frozen=True)
class NewSheet:
    name: str
    table: Table
    """With the columns of the sheet only."""
    rows: Sequence[Texts] = ()

    def row_of(self, cells: Mapping[str, str]) -> Texts:
        return tuple(cells.get(name, "") for name in self.table.names)

    def left_out(self) -> Iterator[str]:
        """What is said of each row that no workbook could hold unchanged."""
        said = _(
            "%(sheet)s: the row %(key)s is left out. A text of it is longer than a cell of a"
            " spreadsheet can hold, or has signs that a workbook changes. Use a CSV file."
        )
        for row in self.rows:
            if not _fits(row):
                cells = dict(zip(self.table.names, row, strict=True))
                key = "/".join(cells[name] for name in self.table.key)
                yield said % {"sheet": self.name, "key": key}


def with_columns(table: Table, names: Collection[str]) -> Table:
    return replace(table, columns=tuple(one for one in table.columns if one.name in names))


def in_plan_order(path: str = "") -> tuple[OrderBy, str]:
    """The order of commitments in a plan; `path` leads to them."""
    return F(f"{path}order").asc(nulls_first=True), f"{path}slug"


def texts_of(table: Table, rows: QuerySet[Any]) -> list[Texts]:
    """The cells as the export has them. Raises ValidationError if there are too many rows."""
    blocks = table.blocks(timezone.localdate(), rows=rows[: MOST_ROWS + 1])
    texts = [tuple(cell.decode() for cell in row) for block in blocks for row in block]
    if len(texts) > MOST_ROWS:
        said = _("More than %(most)s rows of the table “%(table)s” are too many for a workbook.")
        raise ValidationError(said % {"most": intcomma(MOST_ROWS), "table": table.title})
    return texts


def workbook_of(
    sheets: Sequence[NewSheet],
    notes: Sequence[str],
    *,
    spare: int = 200,
    examples: Sequence[NewSheet] = (),
) -> BytesIO:
    """`spare`: how many empty rows below the last one have lists to choose from, too."""
    book, choices = Workbook(), _choices()
    book.remove(book.active)
    for sheet in sheets:
        _write_sheet(book, sheet)
    _write_definitions(book, sheets, notes, choices)
    for sheet in examples:
        _write_sheet(book, sheet)
    _write_lists(book, sheets, choices, spare)
    written = BytesIO()
    book.save(written)
    written.seek(0)
    return written


def _fits(row: Texts) -> bool:
    """A cell that is full to its last sign cannot be told from one that was cut off."""
    return not any(
        CHANGED_BY_WORKBOOKS.search(text) or len(text.encode("utf-16-le")) // 2 >= LONGEST_CELL
        for text in row
    )


def _choices() -> dict[str, Texts]:
    """What may stand in columns that hold the names or codes of rows."""
    areas, values = (
        tuple(model.objects.order_by("name").values_list("name", flat=True))
        for model in (PolicyArea, OGPValue)
    )
    nations = dict.fromkeys(("nation_code", "nation_codes"), NATION_CODES)
    return nations | {"policy_areas": areas, "values_claimed": values, "relevant_values": values}


def _allowed(column: Column, choices: Mapping[str, Texts]) -> Texts:
    return ("true", "false") if column.kind == "boolean" else choices.get(column.name, column.codes)


def _write_sheet(book: Workbook, sheet: NewSheet) -> None:
    page: Worksheet = book.create_sheet(sheet.name)
    for place, name in enumerate(sheet.table.names, start=1):
        column = page.column_dimensions[get_column_letter(place)]
        column.width = 60 if name in LONG_TEXTS else 22
        # For the empty rows below; a cell that is written has its own.
        column.number_format, column.alignment = TEXT, WRAPPED
        _write_head(page, 1, place, name)
    for number, row in enumerate(filter(_fits, sheet.rows), start=2):
        for place, text in enumerate(row, start=1):
            _write(page, number, place, text)
    page.freeze_panes = page.cell(2, sheet.table.names.index(sheet.table.key[-1]) + 2)


def _write_head(page: Worksheet, number: int, place: int, text: str) -> None:
    cell = page.cell(number, place, text)
    cell.font, cell.fill, cell.number_format = Font(bold=True), HEAD, TEXT


def _write(page: Worksheet, number: int, place: int, text: str) -> None:
    """Write a text as a text: one that begins like a formula is none.

    Its line breaks are LF, as in the exports and in what a spreadsheet writes.
    """
    if text:
        # With lxml, which odfdo brings, openpyxl would write a CR as one.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        cell = page.cell(number, place, text)
        cell.data_type, cell.alignment, cell.number_format = "s", WRAPPED, TEXT


def _write_lists(
    book: Workbook, sheets: Sequence[NewSheet], choices: Mapping[str, Texts], spare: int
) -> None:
    """Give cells their drop-down lists, which are on a hidden page."""
    page, letters = book.create_sheet("lists"), dict[Texts, str]()
    page.sheet_state = "hidden"
    for sheet in sheets:
        for place, column in enumerate(sheet.table.columns, start=1):
            if not (allowed := _allowed(column, choices)):
                continue
            if allowed not in letters:
                letters[allowed] = get_column_letter(len(letters) + 1)
                for row, text in enumerate(allowed, start=1):
                    _write(page, row, len(letters), text)
            area = f"lists!${letters[allowed]}$1:${letters[allowed]}${len(allowed)}"
            listed = DataValidation(type="list", formula1=f"={area}", allow_blank=True)
            # Several values of a list in one cell are none of its values.
            listed.showErrorMessage = column.kind != "list"
            listed.errorTitle = column.name
            listed.error = _("Choose a value from the list, or leave the cell empty.")
            letter = get_column_letter(place)
            listed.add(f"{letter}2:{letter}{len(sheet.rows) + spare + 1}")
            book[sheet.name].add_data_validation(listed)


def _write_definitions(
    book: Workbook, sheets: Sequence[NewSheet], notes: Sequence[str], choices: Mapping[str, Texts]
) -> None:
    page = book.create_sheet("definitions")
    lines = [*notes, *(said for sheet in sheets for said in sheet.left_out())]
    for number, line in enumerate(lines, start=1):
        # Not wrapped: it runs on over the empty cells beside it.
        page.cell(number, 1, line).data_type = "s"
    heads = (_("Sheet"), _("Column"), _("Must be filled in"), _("Meaning"), _("Allowed values"))
    for place, width in enumerate((14, 26, 24, 90, 60), start=1):
        _write_head(page, len(lines) + 2, place, heads[place - 1])
        page.column_dimensions[get_column_letter(place)].width = width
    defined = (
        (sheet.name, *line)
        for sheet in sheets
        for column in sheet.table.columns
        for line in _defined(column, _allowed(column, choices))
    )
    for number, row in enumerate(defined, start=len(lines) + 3):
        for place, words in enumerate(row, start=1):
            _write(page, number, place, words)


def _defined(column: Column, allowed: Texts) -> Iterator[Texts]:
    must = _("yes") if column.required else _("no")
    if column.name in GIVEN_HERE:
        must = _("no: this site fills it in in a new row")
    meaning = str(column.description)
    if column.name not in BY_NAME:
        yield column.name, must, meaning, "; ".join(allowed)
        return
    variable = BY_NAME[column.name]
    yield column.name, must, meaning, ""
    yield column.name, "", _("Blank: the report says nothing under this heading."), ""
    for value in (*variable.values, *NOTHINGS):
        yield column.name, "", f"{value.label}. {value.meaning}", value.code
