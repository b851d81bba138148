"""How a row of progress is understood: what it is about, and what its cells say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.levels import Level, Provenance, Schedule
from milestones.models import ProgressUpdate
from milestones.published_words import reading_of
from milestones.targets import Target, commitment_of
from ogp_tracker.common.web_addresses import clean_address

from .import_table import cell
from .promised import commitment_of as commitment_in
from .promised import milestone_of
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import PassedOver, Written, words_of_period

CORRECTS = "corrects_update_id"

LEFT_OPEN = "left open"
"""What a cell of the level says where the words give a level that is not to be taken."""

TEXTS = (
    *("words_as_published", "as_of_as_published", "narrative", "obstacles", "correction_reason"),
    *("source_title", "source_url", "source_locator"),
)
OF_ONE_UPDATE = ("as_of", "words_as_published", "level", "source_title", "source_url", CORRECTS)
"""Two with the same target and nations that agree in these are one update."""


@dataclass
class SaidRow:
    """A row as it was understood; the values by column."""

    row: SheetRow
    target: Target
    values: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    @property
    def uid(self) -> UUID | None:
        return self.values["update_id"]

    @property
    def key(self) -> tuple[Any, ...]:
        nations = frozenset(one.pk for one in self.values["nation_codes"])
        return (self.target, nations, *(self.values[name] for name in OF_ONE_UPDATE))


def read_row(
    run: Run, sheet: ImportSheet, row: SheetRow, columns: Iterable[Written]
) -> SaidRow | None:
    """None if it cannot be understood, which is then said."""
    values: dict[str, Any] = dict.fromkeys((*TEXTS, "level", "schedule", "level_basis"), "")
    found = SaidRow(row, Commitment(), values | {"as_of": None})
    errors: dict[str, str] = {}
    blank = ProgressUpdate()
    is_passed_over = False
    for name in ("update_id", CORRECTS):
        found.values[name] = _uid_in(row, name, errors)
    for column in columns:
        try:
            _read_cell(run, found, column, blank, errors)
        except PassedOver:
            is_passed_over = True
    try:
        found.target = _target_of(run, row)
    except PassedOver:
        is_passed_over = True
    except ValidationError as refusal:
        errors |= {name: " ".join(said) for name, said in refusal.message_dict.items()}
    if not errors and not is_passed_over:
        _settle(run, found, errors)
    for name, sentence in errors.items():
        run.refuse(sheet, row, name, sentence)
    return None if errors or is_passed_over else found


def _uid_in(row: SheetRow, name: str, errors: dict[str, str]) -> UUID | None:
    text = cell(row, name)
    try:
        return UUID(text) if text else None
    except ValueError:
        said = _("“%s” is not the id of an update. Copy it from the column update_id.")
        errors[name] = said % text[:60]
        return None


def _read_cell(
    run: Run, found: SaidRow, column: Written, blank: ProgressUpdate, errors: dict[str, str]
) -> None:
    text = found.row.cells[column.name]
    if column.name == "level" and is_left_open(text):
        return
    try:
        value = found.values[column.name] = column.read(run, text, blank)
    except ValueError as wrong:
        errors[column.name] = str(wrong)
        return
    if text.strip() and (note := column.note(text, value)):
        found.notes.append(note)


def _target_of(run: Run, row: SheetRow) -> Target:
    """Raises ValidationError, or PassedOver if its own row was refused."""
    commitment = commitment_in(run, row)
    if cell(row, "milestone_number") or cell(row, "milestone_label"):
        return milestone_of(run, row, commitment)
    return commitment


def _settle(run: Run, said: SaidRow, errors: dict[str, str]) -> None:
    """Fill what follows from other cells, and from the document that was named for all rows."""
    values, row = said.values, said.row
    here = cell(row, "provenance") and values["provenance"] == Provenance.REPORTED_HERE
    if not values["source_title"] and said.uid is None and not here:
        document = run.document
        values["source_title"] = document.title
        values["source_url"] = values["source_url"] or document.url
    values["source_url"] = clean_address(values["source_url"]) if values["source_url"] else ""
    if not values["as_of_as_published"]:
        values["as_of_as_published"] = words_of_period(cell(row, "as_of"))
    words = values["words_as_published"]
    # A row with an id is as it was exported: there, an empty level was left open.
    if words and said.uid is None:
        is_open = is_left_open(cell(row, "level"))
        given = values["level"] or values["schedule"]
        reading = reading_of(words)
        values["level"] = values["level"] or ("" if is_open else reading.level)
        values["schedule"] = values["schedule"] or reading.schedule
        if not given:
            said.notes.append(taken_as(words, is_open=is_open))
    if not values.get("nation_codes"):
        nations = tuple(commitment_of(said.target).nations.all())
        values["nation_codes"] = nations
        if len(nations) != 1:
            codes = "; ".join(one.code for one in nations)
            errors["nation_codes"] = (
                _("Write the nations that this update is about: %s.") % codes
                if nations
                else _("Say first in which nations the commitment is delivered.")
            )


def is_left_open(text: str) -> bool:
    return " ".join(text.split()).casefold() == LEFT_OPEN


def taken_as(words: str, *, is_open: bool = False) -> str:
    """How the published table takes words, such as “Closed”."""
    reading = reading_of(words)
    labels = dict((*Level.choices, *Schedule.choices))
    given = {"words": words, "taken": ", ".join(str(labels[one]) for one in reading if one)}
    if reading.level:
        said = _("“%(words)s” is kept as published; its level is left open.")
        return (said if is_open else _("“%(words)s” is taken as %(taken)s.")) % given
    if reading.schedule:
        return _("“%(words)s” gives the schedule %(taken)s, and no level.") % given
    return _("“%(words)s” gives no level: it is kept as published.") % given
