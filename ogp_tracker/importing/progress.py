"""Progress updates, as rows of sheets: each is what a document says.

What is published is never changed, so a row says what is stored already, or is new.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.facts import UpdateContent
from milestones.levels import Provenance, in_words
from milestones.models import Milestone, ProgressUpdate
from milestones.services import IncomingUpdate, bring_in_updates, chunks, rebuild_progress
from milestones.targets import commitment_of
from ogp_tracker.opendata.tables import delivered

from .effects import Effect, EffectKind
from .import_table import ImportTable, cell
from .progress_rows import CORRECTS, OF_ONE_UPDATE, TEXTS, SaidRow, read_row
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import Written

State = ProgressUpdate.State
OTHERS = ("commitment_id", "milestone_number", "milestone_label", CORRECTS)
"""Columns that are read here, besides those that are a field each."""


class UpdateTable(ImportTable[ProgressUpdate]):
    table = delivered.UPDATES
    model = ProgressUpdate
    for_commands = frozenset({"recorded_at", "published_at"})
    fields = {"nation_codes": "nations", "institution_id": "institution"}

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
        said = list(self._said(run, sheet, columns))
        stored, seen = StoredUpdates(said), dict[Any, SaidRow]()
        effects, new = list[Effect](), list[SaidRow]()
        for one in said:
            if (update := stored.get(one)) is not None:
                if not (problems := list(_differences(one, update, columns))):
                    effects.append(_effect(sheet, one, EffectKind.SAME, _("nothing changes")))
            elif not (problems := list(_problems_of_new(run, one, seen))):
                new.append(one)
            for column, sentence in problems:
                run.refuse(sheet, one.row, column, sentence)
        incoming = [_incoming(one) for one in new]
        brought = bring_in_updates(incoming, by=run.by, now=run.now, rebuild=False)
        for place, refusal in brought.refusals.items():
            for name, sentences in refusal.by_field().items():
                for sentence in sentences:
                    run.refuse(sheet, new[place].row, COLUMN_OF.get(name, name), sentence)
        for place, update in brought.updates.items():
            effect = _sentences_of(update, incoming[place])
            effects.append(_effect(sheet, new[place], EffectKind.NEW, *effect))
        run.effects += sorted(effects, key=lambda one: one.row)
        targets = {one.target for one in new}
        run.milestones_touched |= {one.pk for one in targets if isinstance(one, Milestone)}
        rebuild_progress(one for one in targets if isinstance(one, Commitment))

    def _said(self, run: Run, sheet: ImportSheet, columns: list[Written]) -> Iterator[SaidRow]:
        for row in run.rows_of(sheet):
            self._ask_as_printed(run, sheet, row)
            if (one := read_row(run, sheet, row, columns)) is not None:
                yield one


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


Problem = tuple[str, str]
"""A column, and what to do."""

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
) -> Iterator[Problem]:
    """Columns whose cell is not what is stored."""
    sentence = (
        _(
            "A published update is never changed. Leave this cell unchanged, or add a row that"
            " corrects it (corrects_update_id)."
        )
        if update.is_published
        else _("This update waits for sign-off. Leave this cell unchanged; its page changes it.")
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


def _problems_of_new(
    run: Run, said: SaidRow, seen: dict[Any, SaidRow]
) -> Iterator[tuple[str, str]]:
    if (first := seen.setdefault(said.uid or said.key, said)) is not said:
        yield "", _("Row %(row)d says the same. Keep one of the two.") % {"row": first.row.number}
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
        "nations": ", ".join(one.name for one in incoming.content.nations),
        "standing": standing,
        "date": update.as_of_as_published or date_format(update.day, "j F Y"),
        "title": update.source_title,
    }
    said = _("%(nations)s: %(standing)s, as at %(date)s")
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
