"""A sheet of one of the public tables, and how one is refused: all that is wrong at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

MOST_ROWS = 5_000
"""How many rows one sheet may have; the plans of a country have some dozens of commitments."""

MOST_COLUMNS = 200


class Refusal(NamedTuple):
    sentence: str
    sheet: str = ""
    row: int = 0
    """As a spreadsheet counts, from 1. 0: the sheet or the file as a whole."""
    column: str = ""
    """Its name, or its letter where it has no name."""
    cell: str = ""
    """Such as D5, where it is one cell."""


class SheetRefused(Exception):
    """A file of which nothing is written, with everything that is wrong."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(*(one.sentence for one in refusals))
        self.refusals = list(refusals)


def too_many_rows(sheet: str, row: int) -> Refusal:
    words = _("A sheet may have %(most)s rows. Divide it into several.")
    return Refusal(words % {"most": intcomma(MOST_ROWS)}, sheet, row)


@dataclass(frozen=True)
class SheetRow:
    number: int
    cells: dict[str, str]
    rounded: frozenset[str] = frozenset()
    """The columns in which a number may have lost its last zeros: 1.1 may have been 1.10."""
    head: str = ""
    """Of the one cell of a wider table that the row is: what is wrong is said of that cell."""


@dataclass
class ImportSheet:
    name: str
    """Of the sheet or the file."""
    table: str
    names: list[str]
    rows: list[SheetRow]
    notes: list[str] = field(default_factory=list)
    letters: Mapping[str, str] = field(default_factory=dict)
    """The letter under which a spreadsheet has each column."""

    def cell(self, row: int, column: str) -> str:
        letter = self.letters.get(column, "")
        return f"{letter}{row}" if letter and row else ""
