"""Where the table of a sheet begins, which table it is, and what its columns are called."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import NamedTuple
from unicodedata import normalize

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import column_index_from_string, get_column_letter

from ogp_tracker.opendata.tables import BY_NAME

from .grid import Grid, GridLine, rows_named
from .sheet import MOST_ROWS, ImportSheet, Refusal, SheetRefused, SheetRow, too_many_rows

HEAD_ROWS = 20
"""How far down the names of the columns are looked for."""

NOT_OF_A_NAME = re.compile(r"[\W_]+")
ALIKE = 0.8
"""How much of a name has to be the same for a slip of the keyboard."""


class Head(NamedTuple):
    """The row that names the columns of a table, and how sure that is."""

    weight: int
    """How many names it has of the table; those of the key count twice."""
    names: int
    """How many it has, each counted once."""
    keys: int
    """Minus the number of columns of the key that it does not have."""
    place: int
    """Among the rows of the sheet. The later of two is the nearer to the data."""
    table: str


def folded(name: str) -> str:
    """“Commitment ID”, “commitment-id” and “COMMITMENT_ID*” are the same."""
    return NOT_OF_A_NAME.sub("", normalize("NFKC", name).casefold())


def sheet_in(
    grid: Grid, tables: Mapping[str, Collection[str]], aliases: Mapping[str, str] | None = None
) -> ImportSheet | None:
    """The sheet as rows of one of these tables, or None if it is none of them.

    `tables`: the columns of each, by its name. `aliases`: what else a sheet of a table may be
    called. Raises SheetRefused with all that is wrong in the columns that are read.
    """
    names = {folded(one): one for one in tables}
    names |= {folded(alias): table for alias, table in (aliases or {}).items()}
    named = names.get(folded(grid.name), "")
    head = _head(grid, {named: tables[named]} if named in tables else {})
    best = _head(grid, tables)
    if best is None:
        return None
    if head is None or head.names < best.names:
        # Findings in a file that is called assessments.csv are findings.
        head = best
    columns = Columns(grid.rows[head.place], tables[head.table])
    rows = grid.rows[head.place + 1 :]
    refusals = [*columns.refusals(grid), *_wrong_rows(grid, rows, columns)]
    refusals += [one for one in map(columns.named, grid.refusals) if one]
    if refusals:
        raise SheetRefused(*sorted(refusals, key=lambda one: one.row))
    notes = [*_skipped(grid.rows[: head.place + 1]), *grid.notes, *columns.notes()]
    read = [columns.read(row) for row in rows]
    letters = {name: get_column_letter(place + 1) for name, place in columns.places.items()}
    return ImportSheet(grid.name, head.table, [*columns.places], read, notes, letters)


def _head(grid: Grid, tables: Mapping[str, Collection[str]]) -> Head | None:
    found: list[Head] = []
    for table, names in tables.items():
        known = {folded(name) for name in names}
        key = {folded(name) for name in BY_NAME[table].key} if table in BY_NAME else set()
        for place, row in enumerate(grid.rows[:HEAD_ROWS]):
            cells = {folded(cell) for cell in row.cells} & known
            if len(cells) > 1 or (cells and cells == key):
                weight = len(cells) + len(cells & key)
                keys = len(cells & key) - len(key)
                found.append(Head(weight, len(cells), keys, place, table))
    # Of two tables that fit alike it is the one that is named first.
    return max(found, key=lambda one: one[:4], default=None)


def _skipped(rows: list[GridLine]) -> list[str]:
    *above, head = [row.number for row in rows]
    if not above:
        return []
    words = ngettext(
        "The names of the columns were found in row %(head)d; %(rows)s was not read.",
        "The names of the columns were found in row %(head)d; %(rows)s were not read.",
        len(above),
    )
    return [words % {"head": head, "rows": rows_named(above)}]


class Columns:
    """The columns of a sheet: those of its table, and others that are not read."""

    def __init__(self, head: GridLine, names: Collection[str]) -> None:
        self.head = head
        self.known = {folded(name): name for name in names}
        self.places: dict[str, int] = {}
        self.twice: list[str] = []
        self.others: list[str] = []
        self.width = 0
        for place, cell in enumerate(head.cells):
            name = self.known.get(folded(cell))
            if cell.strip():
                self.width = place + 1
            if name is None and cell.strip():
                self.others.append(" ".join(cell.split()))
            elif name in self.places:
                self.twice.append(name)
            elif name is not None:
                self.places[name] = place

    def read(self, row: GridLine) -> SheetRow:
        cells = {name: row.cells[place] for name, place in self.places.items()}
        rounded = frozenset(name for name, place in self.places.items() if place in row.rounded)
        return SheetRow(row.number, cells, rounded)

    def named(self, refusal: Refusal) -> Refusal | None:
        """With the name of its column for its letter; None if it is of nothing that is read."""
        if not refusal.column:
            return refusal
        place = column_index_from_string(refusal.column) - 1
        name = next((name for name, where in self.places.items() if where == place), None)
        if refusal.row < self.head.number or not name:
            return None
        return refusal._replace(column=name, cell=f"{refusal.column}{refusal.row}")

    def refusals(self, grid: Grid) -> list[Refusal]:
        words = _("Two columns have this name. Delete one of them.")
        return [Refusal(words, grid.name, self.head.number, name) for name in self.twice]

    def notes(self) -> list[str]:
        found = []
        missing = {one: name for one, name in self.known.items() if name not in self.places}
        unlike = []
        for other in self.others:
            near = get_close_matches(folded(other), missing, 1, ALIKE)
            if near:
                words = _("Column “%(name)s” is not read. Did you mean “%(known)s”?")
                found.append(words % {"name": other, "known": missing[near[0]]})
            else:
                unlike.append(other)
        if unlike:
            words = ngettext(
                "This column is not part of the table and is not read: %(names)s.",
                "These columns are not part of the table and are not read: %(names)s.",
                len(unlike),
            )
            found.append(words % {"names": ", ".join(unlike)})
        return found


def _wrong_rows(grid: Grid, rows: list[GridLine], columns: Columns) -> list[Refusal]:
    if len(rows) > MOST_ROWS:
        return [too_many_rows(grid.name, rows[MOST_ROWS].number)]
    found: list[Refusal] = []
    nameless: dict[int, list[int]] = {}
    for row in rows:
        filled = max((place + 1 for place, cell in enumerate(row.cells) if cell.strip()), default=0)
        # In a CSV file rows have as many cells as they have separators.
        if len(row.cells) < columns.width or filled > len(columns.head.cells):
            number = filled if filled > columns.width else len(row.cells)
            words = _(
                "This row has %(cells)s cells, but there are %(names)s columns. Is there a"
                " separator or a quotation mark too many or too few?"
            )
            words %= {"cells": intcomma(number), "names": intcomma(columns.width)}
            found.append(Refusal(words, grid.name, row.number))
            continue
        for place in range(len(columns.head.cells)):
            cell = row.cells[place] if place < len(row.cells) else ""
            if cell.strip() and not columns.head.cells[place].strip():
                nameless.setdefault(place, []).append(row.number)
    for place, numbers in nameless.items():
        words = _(
            "This column has no name, but there is something in %(rows)s. Give it a name, or delete"
            " it."
        )
        words %= {"rows": rows_named(numbers)}
        letter = get_column_letter(place + 1)
        found.append(Refusal(words, grid.name, columns.head.number, letter))
    return found
