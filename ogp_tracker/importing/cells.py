"""What a spreadsheet shows of the cells of a sheet, whatever program has made it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

from .grid import Grid, GridLine, TextCleaner, listed, rows_named
from .heads import HEAD_ROWS
from .sheet import MOST_COLUMNS, MOST_ROWS, Refusal, SheetRefused, too_many_rows

FULL_CELL = 32_767
"""So many characters fit into a cell of a spreadsheet; longer texts are cut off."""

EMPTY_ROWS_AT_THE_END = 5_000

# What a format of numbers says besides digits, days and months: colours and languages in brackets,
# quoted words, and signs after \\, _ and *.
AROUND_A_FORMAT = re.compile(r'\[[^\]]*\]|"[^"]*"|[\\_*].|[@£$€ ]')
DECIMALS = re.compile(r"[#,0?]*0(?:\.(0+))?(%?)")


class SheetCell(Protocol):
    """As openpyxl has it."""

    @property
    def value(self) -> Any: ...
    @property
    def data_type(self) -> str:
        """s: text, f: formula, e: error."""

    @property
    def number_format(self) -> str:
        """In the codes of Excel."""


class Area(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        first, last = get_column_letter(self.left), get_column_letter(self.right)
        return f"{first}{self.top}:{last}{self.bottom}"


@dataclass
class SheetPage:
    name: str
    rows: Iterable[Sequence[SheetCell]]
    """All from the first, with the empty ones. What is below is known when they have been read."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    has_escapes: bool = True


def grid_of(page: SheetPage) -> Grid:
    grid = Grid(page.name, [])
    cleaner = TextCleaner(grid, has_escapes=page.has_escapes)
    most = int(settings.IMPORT_MAX_MEGABYTES)
    room = most * 1024**2
    for number, cells in _filled(page.rows, grid):
        row = _row(number, cells, grid, cleaner)
        # Many cells can share one text, which is in the file only once.
        room -= sum(map(len, row.cells))
        if room < 0:
            words = _("There is more than %(most)s MB of text. Divide the sheet into several.")
            raise SheetRefused(Refusal(words % {"most": intcomma(most)}, grid.name, number))
        if any(map(str.strip, row.cells)):
            grid.rows.append(row)
    width = max((len(row.cells) for row in grid.rows), default=0)
    for row in grid.rows:
        row.cells.extend([""] * (width - len(row.cells)))
    if width > MOST_COLUMNS:
        words = _("A sheet may have %(most)s columns. Delete those that are not needed.")
        grid.refusals.append(Refusal(words % {"most": intcomma(MOST_COLUMNS)}, grid.name))
    grid.notes += [*_hidden(grid, page), *_filled_down(grid, page.merged), *cleaner.notes()]
    return grid


def _filled(
    rows: Iterable[Sequence[SheetCell]], grid: Grid
) -> Iterator[tuple[int, Sequence[SheetCell]]]:
    """Not thousands of empty rows before a cell touched by mistake, nor more than can be taken."""
    empty = taken = 0
    for number, row in enumerate(rows, start=1):
        if all(cell.value is None for cell in row):
            empty += 1
            if empty > EMPTY_ROWS_AT_THE_END:
                return
        else:
            empty, taken = 0, taken + 1
            yield number, row
        if taken > MOST_ROWS + HEAD_ROWS or number > MOST_ROWS + EMPTY_ROWS_AT_THE_END:
            grid.refusals.append(too_many_rows(grid.name, number))
            return


def _row(number: int, cells: Sequence[SheetCell], grid: Grid, cleaner: TextCleaner) -> GridLine:
    texts: list[str] = []
    rounded: set[int] = set()
    for place, cell in enumerate(cells):
        value, text = cell.value, ""
        if value is None:
            pass
        elif cell.data_type == "s" and len(value) < FULL_CELL:
            text = cleaner.cleaned(value, number, place)
        elif words := _what_is_wrong(cell):
            letter = get_column_letter(place + 1)
            grid.refusals.append(Refusal(words, grid.name, number, letter))
        else:
            text, is_rounded = _shown(value, cell.number_format)
            if is_rounded:
                rounded.add(place)
        texts.append(text)
    while texts and not texts[-1]:
        texts.pop()
    return GridLine(number, texts, frozenset(rounded))


def _what_is_wrong(cell: SheetCell) -> str:
    if cell.data_type == "f":
        return _("There is a formula here. Put its result in its place (paste as values).")
    if cell.data_type == "e":
        words = _("The spreadsheet shows the error %(error)s here. Type what should be there.")
        return words % {"error": cell.value}
    if cell.data_type == "s":
        return _(
            "This text fills the cell to its last sign, so the spreadsheet may have cut it off."
            " Use CSV for texts of this length."
        )
    return ""


def _shown(value: object, number_format: str) -> tuple[str, bool]:
    """As the tracker's own CSV has it: whole numbers without point, ISO dates. And whether it may
    have lost zeros at its end.

    What is shown with fewer parts stays as shown: 1.10 is not 1.1, and a month is not its first
    day.
    """
    if isinstance(value, bool):
        return str(value).lower(), False
    if isinstance(value, date):
        return _date(value, _code(number_format)), False
    if not isinstance(value, int | float):
        return str(value), False
    fixed = DECIMALS.fullmatch(_code(number_format))
    if fixed and (fixed[1] or fixed[2]):
        shown = value * 100 if fixed[2] else value
        return f"{shown:.{len(fixed[1] or '')}f}{fixed[2]}", False
    if float(value).is_integer():
        return str(int(value)), False
    # A spreadsheet counts to fifteen digits.
    return f"{value:.15g}", True


@lru_cache(maxsize=1000)
def _code(number_format: str) -> str:
    return AROUND_A_FORMAT.sub("", number_format.split(";")[0]).lower()


def _date(value: date, code: str) -> str:
    if not re.search("[dhs]", code):
        if "m" in code and "y" in code:
            return f"{value:%B %Y}"
        if code in {"yy", "yyyy"}:
            return f"{value:%Y}"
    if not isinstance(value, datetime):
        return value.isoformat()
    is_day = value.time() == datetime.min.time()
    return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")


def _hidden(grid: Grid, page: SheetPage) -> Iterator[str]:
    if numbers := [row.number for row in grid.rows if row.number in page.hidden_rows]:
        words = _("Hidden in the spreadsheet, but read too: %(rows)s.")
        yield words % {"rows": rows_named(numbers)}
    width = len(grid.rows[0].cells) if grid.rows else 0
    if columns := sorted(one for one in page.hidden_columns if one <= width):
        words = ngettext(
            "Hidden in the spreadsheet, but read too: column %(letters)s.",
            "Hidden in the spreadsheet, but read too: columns %(letters)s.",
            len(columns),
        )
        yield words % {"letters": listed([get_column_letter(one) for one in columns])}


def _filled_down(grid: Grid, merged: list[Area]) -> Iterator[str]:
    """Give merged cells to each of their rows that has anything else in it."""
    places = {row.number: index for index, row in enumerate(grid.rows)}
    filled: dict[str, None] = {}
    for area in merged:
        left, bottom = area.left, area.bottom
        first = places.get(area.top)
        if first is None or left > len(grid.rows[first].cells) or bottom == area.top:
            continue
        text = grid.rows[first].cells[left - 1]
        is_rounded = left - 1 in grid.rows[first].rounded
        for index in range(first + 1, len(grid.rows)):
            row = grid.rows[index]
            # A cell with a text of its own is not merged, whatever the file says.
            if not text or row.number > bottom or row.cells[left - 1]:
                break
            row.cells[left - 1] = text
            if is_rounded:
                grid.rows[index] = replace(row, rounded=row.rounded | {left - 1})
            filled[str(area)] = None
    if filled:
        words = ngettext(
            "The merged cell %(cells)s is read in each of its rows.",
            "The merged cells %(cells)s are read in each of their rows.",
            len(filled),
        )
        yield words % {"cells": listed([*filled])}
