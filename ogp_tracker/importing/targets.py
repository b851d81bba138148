"""Which columns of the public tables an import writes, and which it only recognises."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from irm.codebook import OPEN_VARIABLES, VARIABLES
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables.found import ASSESSMENTS, FINDINGS

from .sheet import ImportSheet, Refusal, SheetRefused, SheetRow

REPORT, COMMITMENT, MILESTONE = "report_id", "commitment_id", "milestone_number"
LABEL = "milestone_label"
HOLDER = "shares_text_with"
"""The column with the commitment whose text the row shares."""


@dataclass(frozen=True)
class ImportTable:
    """A public table that can be imported: its key, and the columns that a sheet may write."""

    table: Table
    written: tuple[str, ...]
    checked: tuple[str, ...] = ()
    """Columns beside the key that have to fit it where a sheet fills them."""

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def key(self) -> tuple[str, ...]:
        return self.table.key


OF_ASSESSMENTS = ImportTable(
    ASSESSMENTS,
    (
        "number_in_report",
        "title_in_report",
        HOLDER,
        "is_recorded",
        *(name for one in VARIABLES for name in (one.name, one.words_name) if name),
        "relevant_values",
        "heading_as_published",
        "commitment_as_reported",
        "analysis",
        "footnotes",
        "published_on",
    ),
)
OF_FINDINGS = ImportTable(FINDINGS, ("completion", "found"), checked=(LABEL,))

TARGETS = {target.name: target for target in (OF_ASSESSMENTS, OF_FINDINGS)}

NAMES = frozenset(name for target in TARGETS.values() for name in target.table.names)
"""What a column may be called."""


def arranged(sheet: ImportSheet, *, report: str = "") -> tuple[ImportTable, ImportSheet]:
    """Which table a sheet is of, and the sheet with the columns that count.

    `report`: the slug of the report that was chosen for it, which a sheet then need not repeat.
    Raises SheetRefused for columns that are not known or missing, all at once.
    """
    names = [_tidy(name) for name in sheet.names]
    target = OF_FINDINGS if {MILESTONE, "found"} & set(names) else OF_ASSESSMENTS
    _check_names(target, names, report)
    named = {*names, *(one.words_name for one in OPEN_VARIABLES if one.name in names)}
    counted = [name for name in (*target.key, *target.written) if name in named]
    rows = []
    for row in sheet.rows:
        cells = dict(zip(names, row.cells.values(), strict=False))
        ids = {name: cells.get(name, "").strip() for name in (*target.key, *target.checked)}
        ids[REPORT] = ids[REPORT] or report
        cells |= dict(_values_without_code(cells))
        rows.append(SheetRow(row.number, {name: cells[name] for name in counted} | ids))
    notes = [*sheet.notes, *_notes(target, names, counted)]
    return target, ImportSheet(counted, rows, notes)


def _values_without_code(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A value that the codebook does not know goes into the column for words as published."""
    for variable in OPEN_VARIABLES:
        words = cells.get(variable.name, "").strip()
        if words and not variable.knows(words) and not cells.get(variable.words_name):
            yield from ((variable.name, ""), (variable.words_name, words))
        elif variable.name in cells:
            yield variable.words_name, cells.get(variable.words_name, "")


def _notes(target: ImportTable, names: list[str], counted: list[str]) -> Iterator[str]:
    if ignored := [name for name in names if name not in {*counted, *target.checked}]:
        said = _("These columns are known and not written, because they are not the assessor's: %s")
        yield said % ", ".join(ignored)
    if absent := [name for name in target.written if name not in counted]:
        said = _("These columns are not in the sheet; what is stored in them stays: %s")
        yield said % ", ".join(absent)


def _tidy(name: str) -> str:
    tidy = name.strip().lower().replace(" ", "_")
    return tidy if tidy in NAMES else name


def _check_names(target: ImportTable, names: list[str], report: str) -> None:
    known = target.table.names
    refusals = [Refusal(_unknown(target, one), 1, one) for one in names if one not in known]
    for name in target.key:
        if name not in names and not (name == REPORT and report):
            said = _("This column is missing. It says which row is meant.")
            refusals.append(Refusal(said, 1, name))
    if not set(names) & set(target.written):
        said = _("There is no column with anything to write. There could be: %s")
        refusals.append(Refusal(said % ", ".join(target.written), 1))
    if refusals:
        raise SheetRefused(*refusals)


def _unknown(target: ImportTable, name: str) -> str:
    near = get_close_matches(name.lower(), target.table.names, n=1)
    if near:
        said = _("The table “%(table)s” has no such column. Is “%(near)s” meant?")
        return said % {"table": target.name, "near": near[0]}
    return _("The table “%(table)s” has no such column. Take it away.") % {"table": target.name}
