"""Progress updates, as rows of sheets: each is what a document says.

What is published is never changed, so a row says what is stored already, or is new.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.facts import UpdateContent
from milestones.levels import Level, Provenance, Schedule, in_words
from milestones.models import Milestone, ProgressUpdate
from milestones.published_words import reading_of
from milestones.services import IncomingUpdate, bring_in_updates, chunks, rebuild_progress
from milestones.targets import Target, commitment_of, name_of
from ogp_tracker.common.web_addresses import clean_address
from ogp_tracker.opendata.tables import delivered

from .effects import Effect, EffectKind
from .import_table import ImportTable, cell, missing
from .lookups import folded
from .promised import commitment_of as commitment_in
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import PassedOver, Written, words_of_period

State = ProgressUpdate.State
CORRECTS = "corrects_update_id"

LEFT_OPEN = "left open"
"""What a cell of the level says where the words give a level that is not to be taken."""

OTHERS = ("commitment_id", "milestone_number", "milestone_label", CORRECTS)
"""Columns that are read here, besides those that are a field each."""

TEXTS = (
    *("words_as_published", "as_of_as_published", "narrative", "obstacles", "correction_reason"),
    *("source_title", "source_url", "source_locator"),
)
OF_ONE_UPDATE = ("as_of", "words_as_published", "level", "source_title", "source_url", CORRECTS)
"""Two with the same target and nations that agree in these are one update."""


@dataclass(frozen=True)
class CellRow(SheetRow):
    """A row that is one cell of a wider table: what is wrong with it is said of that cell."""

    head: str = ""


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


class UpdateTable(ImportTable[ProgressUpdate]):
    table = delivered.UPDATES
    model = ProgressUpdate
    for_commands = frozenset({"recorded_at", "published_at"})
    fields: ClassVar[Mapping[str, str]] = {
        "nation_codes": "nations",
        "institution_id": "institution",
        **{
            name: name
            for name in (
                *("level", "level_basis", "schedule", "provenance", "as_of", *TEXTS),
                *("recorded_at", "published_at"),
            )
        },
    }

    @property
    def written_names(self) -> tuple[str, ...]:
        return tuple(one for one in self.table.names if one in self.written or one in OTHERS)

    def load(self, run: Run, sheet: ImportSheet) -> None:
        chosen = run.chosen.get("commitment_id", "")
        ids = [cell(row, "commitment_id") or chosen for row in sheet.rows]
        run.commitments.load(ids)
        run.institutions.load(cell(row, "institution_id") for row in sheet.rows)
        found = [one for text in dict.fromkeys(ids) if (one := run.commitments.get(text))]
        prefetch_related_objects(found, "nations")
        run.milestones.load(one.pk for one in found)

    def take(self, run: Run, sheet: ImportSheet) -> None:
        columns = self.columns_in(run, sheet)
        self._say_what_is_not_written(run, sheet)
        self.load(run, sheet)
        said = [one for row in sheet.rows if (one := self._said(run, sheet, row, columns))]
        stored, seen = StoredUpdates(said), dict[Any, int]()
        effects, new = [], []
        for one in said:
            if (update := stored.get(one)) is not None:
                if not (problems := list(_differences(one, update, columns))):
                    effects.append(_effect(sheet, one, EffectKind.SAME, _("nothing changes")))
            elif not (problems := list(_problems_of_new(run, one, seen))):
                new.append(one)
            for column, sentence in problems:
                refuse(run, sheet, one.row, column, sentence)
        incoming = [_incoming(one) for one in new]
        brought = bring_in_updates(incoming, by=run.by, now=run.now, rebuild=False)
        for place, refusal in brought.refusals.items():
            for name, sentences in refusal.by_field().items():
                for sentence in sentences:
                    refuse(run, sheet, new[place].row, COLUMN_OF.get(name, name), sentence)
        for place, update in brought.updates.items():
            sentences = _sentences_of(update, incoming[place])
            effects.append(_effect(sheet, new[place], EffectKind.NEW, *sentences))
        run.effects += sorted(effects, key=lambda one: one.row)
        targets = {one.target for one in new}
        run.milestones_touched |= {one.pk for one in targets if isinstance(one, Milestone)}
        rebuild_progress(one for one in targets if isinstance(one, Commitment))

    def _said(
        self, run: Run, sheet: ImportSheet, row: SheetRow, columns: Iterable[Written]
    ) -> SaidRow | None:
        """None if it cannot be understood, which is then said."""
        values: dict[str, Any] = dict.fromkeys((*TEXTS, "level", "schedule", "level_basis"), "")
        found = SaidRow(row, Commitment(), values | {"as_of": None})
        errors: dict[str, str] = {}
        try:
            for name in ("update_id", CORRECTS):
                found.values[name] = _uid_in(row, name, errors)
            for column in columns:
                _read_cell(run, found, column, errors)
            found.target = _target_of(run, row)
        except PassedOver:
            return None
        except ValidationError as refusal:
            errors |= {name: sentences[0] for name, sentences in refusal.message_dict.items()}
        if not errors:
            _settle(run, found, errors)
        for name, sentence in errors.items():
            refuse(run, sheet, row, name, sentence)
        return None if errors else found


def _uid_in(row: SheetRow, name: str, errors: dict[str, str]) -> UUID | None:
    text = cell(row, name)
    try:
        return UUID(text) if text else None
    except ValueError:
        said = _("“%s” is not the id of an update. Copy it from the column update_id.")
        errors[name] = said % text[:60]
        return None


def _read_cell(run: Run, found: SaidRow, column: Written, errors: dict[str, str]) -> None:
    text = found.row.cells[column.name]
    if column.name == "level" and is_left_open(text):
        return
    try:
        value = found.values[column.name] = column.read(run, text, ProgressUpdate())
    except ValueError as wrong:
        errors[column.name] = str(wrong)
        return
    if text.strip() and (note := column.note(text, value)):
        found.notes.append(note)


def _target_of(run: Run, row: SheetRow) -> Target:
    """Raises ValidationError, or PassedOver if its own row was refused."""
    commitment = commitment_in(run, row)
    number, label = cell(row, "milestone_number"), cell(row, "milestone_label")
    if not number and not label:
        return commitment
    if (commitment.pk, folded(label)) in run.milestones.refused:
        raise PassedOver
    column = "milestone_number" if number else "milestone_label"
    words = {"commitment": commitment.slug, "said": (number or label)[:60]}
    if (found := run.milestones.get(commitment.pk, number, label)) is None:
        said = _(
            "%(commitment)s has no milestone “%(said)s”. Correct it, or add the milestone first."
        )
        raise missing(column, said % words)
    if label and folded(label) != folded(found.label):
        said = _("This milestone is called “%(label)s”, not “%(said)s”.")
        raise missing("milestone_label", said % {"label": found.label, "said": label[:60]})
    found.commitment = commitment
    return found


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
                _("Write for which nations it speaks; the commitment has %s.") % codes
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
        return _("“%(words)s” is taken as %(taken)s. It gives no level.") % given
    return _("“%(words)s” gives no level: it is kept as published.") % given


class StoredUpdates:
    """What is published or waits for sign-off of the same commitments."""

    def __init__(self, rows: Collection[SaidRow]) -> None:
        self.by_uid: dict[UUID, ProgressUpdate] = {}
        self.by_key: dict[tuple[Any, ...], ProgressUpdate] = {}
        for keys in chunks(sorted({commitment_of(one.target).pk for one in rows})):
            self._load(Q(commitment__in=keys))
        uids = sorted({one.uid for one in rows if one.uid} - set(self.by_uid))
        for start in range(0, len(uids), 500):
            self._load(Q(uid__in=uids[start : start + 500]))

    def _load(self, which: Q) -> None:
        names = ("commitment", "milestone__commitment", "institution", "corrects")
        rows = ProgressUpdate.objects.filter(which, state__in=[State.PUBLISHED, State.SUBMITTED])
        for row in rows.select_related(*names).prefetch_related("nations").order_by("pk"):
            self.by_uid[row.uid] = row
            values = {name: getattr(row, name, None) for name in OF_ONE_UPDATE}
            values |= {CORRECTS: _corrected(row), "nation_codes": row.nations.all()}
            self.by_key[SaidRow(SheetRow(0, {}), row.target, values).key] = row

    def get(self, said: SaidRow) -> ProgressUpdate | None:
        return self.by_uid.get(said.uid) if said.uid else self.by_key.get(said.key)


def _corrected(update: ProgressUpdate) -> UUID | None:
    return update.corrects.uid if update.corrects else None


FROM_OTHERS = ("level_basis", "provenance", *UpdateTable.for_commands)
"""Empty cells of these say nothing."""

COLUMN_OF = {
    "nations": "nation_codes",
    "institution": "institution_id",
    "corrects": CORRECTS,
    "uid": "update_id",
}


def _differences(
    said: SaidRow, update: ProgressUpdate, columns: Iterable[Written]
) -> Iterator[tuple[str, str]]:
    """Columns whose cell is not what is stored, with what to do."""
    sentence = (
        _(
            "A published update is never changed. Leave this cell as it was, or add a row that"
            " corrects it (corrects_update_id)."
        )
        if update.is_published
        else _("This update waits for sign-off. Leave this cell as it was; its page changes it.")
    )
    if commitment_of(said.target) != update.commitment:
        yield "commitment_id", sentence
    elif said.target != update.target:
        yield "milestone_number", sentence
    if CORRECTS in said.row.cells and said.values[CORRECTS] != _corrected(update):
        yield CORRECTS, sentence
    for column in columns:
        name, text = column.name, said.row.cells[column.name]
        stored, value = column.stored(update), said.values[name]
        if name in FROM_OTHERS and not text.strip():
            continue
        if name in UpdateTable.for_commands and stored is not None:
            # As the exports have it, to the second.
            stored = stored.replace(microsecond=0)
        elif name in TEXTS:
            stored, value = stored.split(), value.split()
        elif name == "nation_codes":
            stored, value = {*stored}, {*value}
        if value != stored:
            yield name, sentence


def _problems_of_new(run: Run, said: SaidRow, seen: dict[Any, int]) -> Iterator[tuple[str, str]]:
    key = said.uid or said.key
    if (first := seen.setdefault(key, said.row.number)) != said.row.number:
        yield "", _("Row %(row)d says the same. Keep one of the two.") % {"row": first}
    if said.uid and not run.is_command:
        yield "update_id", _("Leave this empty in a new row.")
        return
    title, kind = said.values["source_title"], said.values.get("provenance")
    given = cell(said.row, "provenance")
    if not title and (not run.is_command or (given and kind != Provenance.REPORTED_HERE)):
        yield "source_title", _("Name the document that says this, in source_title.")
    if title and given and kind == Provenance.REPORTED_HERE:
        sentence = _("What is reported here names no document. Empty one of the two.")
        yield "provenance", sentence


def _incoming(said: SaidRow) -> IncomingUpdate:
    values = said.values
    names = (*TEXTS, "level", "schedule", "as_of")
    provenance = values.get("provenance") if cell(said.row, "provenance") else ""
    content = UpdateContent(
        **{name: values[name] for name in names},
        nations=values["nation_codes"],
        words_basis=values["level_basis"],
        source_provenance=provenance or Provenance.PUBLISHED_ELSEWHERE.value,
    )
    return IncomingUpdate(
        said.target,
        content,
        values.get("institution_id"),
        uid=said.uid,
        corrects=values[CORRECTS],
        recorded_at=values.get("recorded_at"),
        published_at=values.get("published_at"),
    )


def refuse(run: Run, sheet: ImportSheet, row: SheetRow, column: str, sentence: str) -> None:
    run.refuse(sheet, row, row.head if isinstance(row, CellRow) else column, sentence)


def _effect(sheet: ImportSheet, said: SaidRow, kind: EffectKind, *sentences: str) -> Effect:
    return Effect(
        sheet=sheet.name,
        row=said.row.number,
        name=str(said.target),
        kind=kind,
        sentences=list(sentences),
        notes=said.notes,
    )


def _sentences_of(update: ProgressUpdate, incoming: IncomingUpdate) -> Iterator[str]:
    standing = in_words(update)
    words = update.words_as_published
    if update.level and words and words != standing:
        standing = f"{standing} (“{words}”)"
    given = {
        "target": name_of(update.target),
        "nations": ", ".join(one.name for one in incoming.content.nations),
        "standing": standing,
        "date": update.as_of_as_published or date_format(update.day, "j F Y"),
        "title": update.source_title,
    }
    said = _("%(target)s, %(nations)s: %(standing)s, as at %(date)s")
    yield (_("{}, from “%(title)s”").format(said) if update.source_title else said) % given
    if update.is_published:
        yield _("It is published at once.")
    elif update.institution:
        yield (
            _("It waits for another point of contact, or a lead of %s, to sign it off.")
            % update.institution
        )
    else:
        yield _("It waits for another point of contact to sign it off.")
