"""The wide form that governments publish: milestones down, dates across, words in the cells.

Each cell is what the document says of one milestone at one date, so it becomes a row of progress.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from commitments.models import Commitment
from milestones.levels import Level
from milestones.published_words import reading_of
from ogp_tracker.common.written_dates import Period, period_in

from .grid import Grid, GridLine, listed
from .lookups import folded
from .progress_rows import LEFT_OPEN, taken_as
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import serial_date

LONGEST_LABEL = 60
ROWS_ABOVE = 20
"""So many rows may stand above the names of the columns, such as a title."""

NAMES = {
    "commitment": ("commitment", "commitment id", "commitment number", "commitment title"),
    "label": (
        *("milestone reference", "milestone ref", "milestone number", "milestone label"),
        *("milestone id", "reference", "ref", "number", "no"),
    ),
    "text": ("milestone", "milestone title", "milestone text", "title", "description"),
}
"""What the columns that are no dates may be called."""

LIKE_A_DATE = re.compile(r"\d\s*[./-]\s*\d|\b(?:19|20)\d\d\b")


@dataclass
class StatusTable:
    grid: Grid
    places: dict[str, int]
    """Of the columns of NAMES that it has."""
    heads: dict[int, str]
    """Of all columns, by place."""
    rows: list[GridLine]

    @property
    def name(self) -> str:
        return self.grid.name

    def sheet(self, table: str, rows: list[SheetRow]) -> ImportSheet:
        letters = {head: get_column_letter(place + 1) for place, head in self.heads.items()}
        names = list(rows[0].cells) if rows else []
        return ImportSheet(self.name, table, names, rows, letters=letters)

    def head(self, name: str) -> str:
        return self.heads.get(self.places.get(name, -1), "")

    def cell(self, row: GridLine, name: str) -> str:
        place = self.places.get(name)
        return "" if place is None or place >= len(row.cells) else row.cells[place].strip()


def recognise(grid: Grid) -> StatusTable | None:
    for index, row in enumerate(grid.rows[:ROWS_ABOVE]):
        heads = {place: text.strip() for place, text in enumerate(row.cells) if text.strip()}
        places: dict[str, int] = {}
        for place, text in heads.items():
            for name, known in NAMES.items():
                if " ".join(re.split(r"[\W_]+", text.casefold())).strip() in known:
                    places.setdefault(name, place)
        if places and sum(date_of(text) is not None for text in heads.values()) >= 2:
            return StatusTable(grid, places, heads, grid.rows[index + 1 :])
    return None


def date_of(head: str) -> Period | None:
    if serial := serial_date(head):
        return Period(serial, serial)
    period = period_in(head)
    return period if period and period.last else None


def sheets_of(table: StatusTable, run: Run) -> list[ImportSheet]:
    """Its milestones that are not known yet, and one update for each cell."""
    if not run.document.title:
        _refuse(table, run, _("Say which document this table is from."))
        return []
    run.refusals += table.grid.refusals
    columns = _dates_of(table, run)
    words = _words_of(table, run, columns)
    found = list(_milestones_of(table, run))
    stored = {one.commitment.pk for one in found}
    run.milestones.load(stored)
    new: dict[tuple[int, str], SheetRow] = {}
    updates: list[SheetRow] = []
    for one in found:
        key = (one.commitment.pk, folded(one.label))
        if one.label and key not in run.milestones.labels and key not in new:
            cells = {"commitment_id": one.commitment.slug, "label": one.label, "text": one.text}
            new[key] = SheetRow(one.row.number, cells)
        updates += _updates_of(table, one, columns, words)
    sheets = {"milestones": list(new.values()), "updates": updates}
    return [table.sheet(name, rows) for name, rows in sheets.items() if rows]


@dataclass
class StatusRow:
    row: GridLine
    commitment: Commitment
    label: str
    """Empty: the row is about the commitment as a whole."""
    text: str


def _updates_of(
    table: StatusTable, one: StatusRow, columns: dict[int, Period], words: dict[str, str]
) -> Iterator[SheetRow]:
    nations = "; ".join(nation.code for nation in one.commitment.nations.all())
    for place, period in columns.items():
        said = _word_in(one.row, place)
        if said and period.last:
            cells = {
                "commitment_id": one.commitment.slug,
                "milestone_label": one.label,
                "nation_codes": nations,
                "words_as_published": said,
                "level": words.get(folded(said), ""),
                "as_of": period.last.isoformat(),
                "as_of_as_published": "" if period.day else table.heads[place],
            }
            yield SheetRow(one.row.number, cells, head=table.heads[place])


def _word_in(row: GridLine, place: int) -> str:
    """A dash or a dot says nothing."""
    text = " ".join(row.cells[place].split()) if place < len(row.cells) else ""
    return text if any(one.isalnum() for one in text) else ""


def _dates_of(table: StatusTable, run: Run) -> dict[int, Period]:
    """The columns that are read, by place."""
    found = {place: one for place, head in table.heads.items() if (one := date_of(head))}
    for name in table.places.values():
        found.pop(name, None)
    usual = Counter(_format_of(table.heads[place]) for place in found).most_common(1)[0][0]
    unread = []
    for place, head in table.heads.items():
        if place in found:
            if (read := _in_words(head, found[place])) == head:
                continue
            if _format_of(head) != usual or serial_date(head):
                said = _("“%(head)s” is read as %(date)s.")
                _note(table, run, said % {"head": head, "date": read})
        elif place not in table.places.values():
            if LIKE_A_DATE.search(head):
                said = _("This looks like a date and cannot be read as one: write 30 April 2014.")
                _refuse(table, run, said, head=head)
            else:
                unread.append(f"“{head}”")
    if unread:
        _note(table, run, _("These columns are not read: %s.") % listed(unread))
    return {place: one for place, one in found.items() if _is_wanted(table, run, place, one)}


def _is_wanted(table: StatusTable, run: Run, place: int, period: Period) -> bool:
    """What is dated after its document may be a forecast."""
    head, published = table.heads[place], run.document.published_on
    last = period.last or date.max
    day = _in_words(head, period)
    if last > run.today:
        _note(table, run, _("%s is in the future: the column is left out.") % day)
        return False
    if published is None or last <= published:
        return True
    said = _("%(day)s is after the document's own date, %(published)s: it may be a forecast.")
    words = {"day": day, "published": date_format(published, "j F Y")}
    choices = [("out", _("leave it out")), ("in", _("take it as it stands"))]
    return run.ask(f"{table.name}-date-{last}", said % words, choices) == "in"


def _in_words(head: str, period: Period) -> str:
    return date_format(period.day, "j F Y") if period.day else head


def _format_of(head: str) -> str:
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "9", head))


def _note(table: StatusTable, run: Run, sentence: str) -> None:
    run.notes.append(f"{table.name}: {sentence}")


def _words_of(table: StatusTable, run: Run, columns: dict[int, Period]) -> dict[str, str]:
    """What the column of the level says for the words whose level is left open."""
    found: dict[str, str] = {}
    for row in table.rows:
        for place in columns:
            if words := _word_in(row, place):
                found.setdefault(folded(words), words)
    left_open = {}
    for key, words in found.items():
        if not reading_of(words).level:
            _note(table, run, taken_as(words))
            continue
        level = dict(Level.choices)[reading_of(words).level]
        as_said = _("as the table of published words says: %s") % level
        choices = [("table", as_said), ("open", _("leave the level open"))]
        if run.ask(f"{table.name}-word-{key}", _("How is “%s” taken?") % words, choices) == "open":
            left_open[key] = LEFT_OPEN
    return left_open


def _milestones_of(table: StatusTable, run: Run) -> Iterator[StatusRow]:
    """The rows whose commitment is known; the others are refused."""
    commitments = _commitments_by_name(run)
    named, several = "", set[str]()
    for row in table.rows:
        # Below a merged cell it is empty: the commitment goes on.
        named = table.cell(row, "commitment") or named
        chosen = run.chosen.get("commitment_id", "")
        commitment = commitments.get(folded(named)) or run.commitments.get(chosen or named)
        if commitment is None:
            _refuse(table, run, _refusal_of(named), row, table.head("commitment"))
            continue
        prefetch_related_objects([commitment], "nations")
        if len(commitment.nations.all()) > 1 and commitment.slug not in several:
            several.add(commitment.slug)
            said = _("%s has several nations: each cell is taken for all of them.")
            _note(table, run, said % commitment.slug)
        text = table.cell(row, "text")
        label = table.cell(row, "label") or ("" if "label" in table.places else text)
        if len(label) > LONGEST_LABEL or ("label" in table.places and text and not label):
            said = _("Give the milestone's number as printed, in a column “Milestone reference”.")
            _refuse(table, run, said, row, table.head("label"))
            continue
        label = _as_printed(table, run, row, commitment, label)
        yield StatusRow(row, commitment, label, text or label)


def _commitments_by_name(run: Run) -> dict[str, Commitment]:
    """Those of the plan that was chosen, by label and title."""
    plan = run.plans.get(run.chosen.get("plan_id", ""))
    if plan is None:
        return {}
    seen = Commitment.objects.all() if run.is_command else run.rights.seen_commitments()
    rows = list(seen.filter(plan=plan).prefetch_related("nations").order_by("pk"))
    named = [(folded(name), one) for one in rows for name in (one.title, one.label) if name]
    return dict(reversed(named))


def _refusal_of(named: str) -> str:
    if not named:
        return _("Choose the commitment of this table, or add a column “Commitment”.")
    said = _("“%s” is not a commitment in this plan. Create it first, or write its id.")
    return said % named[:80]


def _refuse(
    table: StatusTable, run: Run, sentence: str, row: GridLine | None = None, head: str = ""
) -> None:
    where = SheetRow(row.number, {}) if row else None
    run.refuse(table.sheet("updates", []), where, head, sentence)


def _as_printed(
    table: StatusTable, run: Run, one: GridLine, commitment: Commitment, label: str
) -> str:
    if table.places.get("label", table.places.get("text")) not in one.rounded:
        return label
    run.milestones.load([commitment.pk])
    both = [label, f"{label}0"]
    known = [text for text in both if (commitment.pk, folded(text)) in run.milestones.labels]
    if len(known) == 1:
        return known[0]
    return run.ask_as_printed(table.name, one.number, "label", label)
