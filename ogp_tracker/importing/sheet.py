"""A sheet as it was read, and how one is refused: all that is wrong at once, by row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

MOST_ROWS = 5_000
"""How many rows one sheet may have; the plans of a country have some dozens of commitments."""

MOST_COLUMNS = 200


class Refusal(NamedTuple):
    sentence: str
    sheet: str = ""
    """The name of the sheet, or of the CSV file."""
    row: int = 0
    """As a spreadsheet counts: the names of the columns are row 1. 0: the sheet as a whole."""
    column: str = ""


class SheetRefused(Exception):
    """A sheet of which nothing is written, with everything that is wrong."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(*(one.sentence for one in refusals))
        self.refusals = list(refusals)


@dataclass(frozen=True)
class SheetRow:
    number: int
    cells: dict[str, str]
    rounded: frozenset[str] = frozenset()
    """Columns whose cell is a number with decimals in no fixed format: 1.1 may have been 1.10."""


@dataclass
class ImportSheet:
    name: str
    """Of the sheet in its workbook; of a CSV file its name without ending."""
    table: str
    names: list[str]
    rows: list[SheetRow]
    notes: list[str] = field(default_factory=list)


def in_columns(records: Iterable[list[str]]) -> ImportSheet:
    """The first of the records names the columns.

    Raises SheetRefused if there is no name or no row, if two columns have one name, or if a row
    has more or fewer cells than there are columns.
    """
    found = iter(records)
    names = [name.strip() for name in next(found, [])]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise SheetRefused(Refusal(_("The first row has to name the columns, and it is empty.")))
    refusals = _wrong_names(names)
    rows: list[SheetRow] = []
    for number, cells in enumerate(found, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            refusals.append(too_many_rows(number))
            break
        refusals += _wrong_width(number, names, cells)
        rows.append(SheetRow(number, dict(zip(names, cells, strict=False))))
    if not rows:
        refusals.append(Refusal(_("There is no row below the names of the columns.")))
    if refusals:
        raise SheetRefused(*refusals)
    return ImportSheet(names, rows)


def too_many_rows(number: int) -> Refusal:
    sentence = _("A sheet may have %(most)d rows. Divide it into several.")
    return Refusal(sentence % {"most": MOST_ROWS}, number)


def _wrong_names(names: list[str]) -> list[Refusal]:
    if len(names) > MOST_COLUMNS:
        sentence = _("There are %(number)d columns. Take away what is not asked for.")
        return [Refusal(sentence % {"number": len(names)}, 1)]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    found = [
        Refusal(_("Two columns have this name. Take one away."), 1, column=name) for name in twice
    ]
    if "" in names:
        place = names.index("") + 1
        found.append(Refusal(_("Column %(number)d has no name.") % {"number": place}, 1))
    return found


def _wrong_width(number: int, names: list[str], cells: list[str]) -> list[Refusal]:
    filled = len(cells)
    while filled > len(names) and not cells[filled - 1].strip():
        filled -= 1
    if filled == len(names):
        return []
    sentence = _(
        "This row has %(cells)d cells, but there are %(names)d columns. Is there a separator or a"
        " quotation mark too many or too few?"
    )
    return [Refusal(sentence % {"cells": filled, "names": len(names)}, number)]
