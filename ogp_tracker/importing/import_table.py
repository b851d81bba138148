"""One table that can be imported: its rows are found, judged, and written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, Model, prefetch_related_objects
from django.db.models.signals import post_save
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ogp_tracker.common.bounds import check_text_bounds
from ogp_tracker.common.fields import DayField
from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.table import Table

from .effects import Effect, EffectKind, comparisons_of, sentences_of, warnings_of
from .lookups import Lookup
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import (
    LOOKUPS,
    AnyField,
    Change,
    PassedOver,
    Written,
    WrittenLinks,
    words_of_period,
    written_by_kind,
)

M = TypeVar("M", bound=Model)

ROWS_AT_ONCE = 100


@dataclass
class TakenRow(Generic[M]):
    """A row of a sheet with the row of the tracker that it makes or changes."""

    row: SheetRow
    instance: M
    is_new: bool
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class ImportTable(Generic[M]):
    """Rows that are found by the ids of the sheet, and judged by what their model says."""

    table: ClassVar[Table]
    model: type[M]
    fields: ClassVar[Mapping[str, str]] = {}
    """The fields of columns that are called otherwise; an import writes all that are a field."""
    derived: ClassVar[frozenset[str]] = frozenset()
    """Columns that have the name of a field, and yet follow from others."""
    at_last: ClassVar[frozenset[str]] = frozenset()
    """Columns that name rows of the same table, which have to be there first."""
    for_commands: ClassVar[frozenset[str]] = frozenset()
    """Columns that only a command of the operator writes."""
    at_once: ClassVar[bool] = False
    """Whether new rows are written together once all are judged: they have no lists, and nothing
    but the database's own constraints could refuse them after that."""

    # What each table decides

    def load(self, run: Run, sheet: ImportSheet) -> None:
        """Fetch what the rows name, in a number of queries that does not grow with them."""

    def find(self, run: Run, row: SheetRow) -> M:
        """The stored row, or a new one. Raises ValidationError by column, or PassedOver."""
        raise NotImplementedError

    def key_of(self, instance: M) -> object:
        raise NotImplementedError

    def refusal(self, run: Run, taken: TakenRow[M]) -> str:
        """Why the account may not write this; "" if it may. Asked of new and changed rows."""
        raise NotImplementedError

    def settle(self, run: Run, taken: TakenRow[M], errors: dict[str, str]) -> None:
        """Fill what follows from the cells, and add what is wrong with them together."""

    def save(self, run: Run, taken: TakenRow[M]) -> None:
        taken.instance.save()

    def saved(self, run: Run, taken: TakenRow[M]) -> None:
        """It is there now, with all that its cells name."""

    def refused(self, run: Run, row: SheetRow) -> None:
        """Let rows that name it be passed over."""

    def finish(self, run: Run, sheet: ImportSheet) -> None:
        """All rows have been gone through."""

    def name_of(self, instance: M) -> str:
        return str(instance)

    def new_in_words(self, run: Run, instance: M) -> str:
        return _("new %s") % self.model._meta.verbose_name

    def written_column(self, column: Column) -> Written | None:
        """None if the column is not written."""
        name = self.fields.get(column.name, column.name)
        known = {field.name for field in self.model._meta.get_fields()}
        if name not in known or column.name in self.derived:
            return None
        return written_by_kind(column, field_of(self.model, name))

    # What all have in common

    @cached_property
    def written(self) -> dict[str, Written]:
        made = {one.name: self.written_column(one) for one in self.table.columns}
        return {name: one for name, one in made.items() if one is not None}

    @cached_property
    def words_beside(self) -> dict[str, str]:
        """By the column of a date, that of its words as published."""
        of_field = {one.field.name: name for name, one in self.written.items()}
        return {
            name: of_field[one.field.words]
            for name, one in self.written.items()
            if isinstance(one.field, DayField) and one.field.words in of_field
        }

    @property
    def written_names(self) -> tuple[str, ...]:
        return tuple(self.written)

    def columns_in(self, run: Run, sheet: ImportSheet) -> list[Written]:
        return [
            self.written[name]
            for name in sheet.names
            if name in self.written and (run.is_command or name not in self.for_commands)
        ]

    def take(self, run: Run, sheet: ImportSheet) -> None:
        """Judge and write every row; what is wrong is added to the refusals of the run."""
        self._say_what_is_not_written(run, sheet)
        self.load(run, sheet)
        columns = self.columns_in(run, sheet)
        first = [one for one in columns if one.name not in self.at_last]
        seen: dict[Any, int] = {}
        kept = [
            taken
            for row in run.rows_of(sheet)
            if (taken := self._taken(run, sheet, row, first, seen)) is not None
        ]
        if self.at_once:
            self._write_at_once(run, kept)
        if last := [one for one in columns if one.name in self.at_last]:
            links = [one.field.name for one in last if isinstance(one, WrittenLinks)]
            prefetch_related_objects([one.instance for one in kept if one.is_new], *links)
            kept = [one for one in kept if self._write(run, sheet, one, last)]
        self._keep_versions(run, kept)
        run.effects += [self._effect(run, sheet, taken) for taken in kept]

    def _write_at_once(self, run: Run, kept: list[TakenRow[M]]) -> None:
        new = [one for one in kept if one.is_new]
        self.model._default_manager.bulk_create([one.instance for one in new], ROWS_AT_ONCE)
        for taken in new:
            self.saved(run, taken)

    def _say_what_is_not_written(self, run: Run, sheet: ImportSheet) -> None:
        known = {*self.table.key, *self.written_names}
        if ignored := [one for one in sheet.names if one in self.table.names and one not in known]:
            said = _("%(sheet)s: these columns follow from others and are not written: %(columns)s")
            run.notes.append(said % {"sheet": sheet.name, "columns": ", ".join(ignored)})

    def _taken(
        self,
        run: Run,
        sheet: ImportSheet,
        row: SheetRow,
        columns: list[Written],
        seen: dict[Any, int],
    ) -> TakenRow[M] | None:
        self._ask_as_printed(run, sheet, row)
        for name, words in self.words_beside.items():
            # Also in a sheet that comes in once more: what it says is then what is stored.
            if name in row.cells and not row.cells.get(words, words).strip():
                row.cells[words] = words_of_period(row.cells[name])
        try:
            instance = self.find(run, row)
        except PassedOver:
            self._say_wrong_cells(run, sheet, row, columns)
            return None
        except ValidationError as refusal:
            run.refuse_all(sheet, row, refusal)
            self._say_wrong_cells(run, sheet, row, columns)
            self.refused(run, row)
            return None
        key = self.key_of(instance)
        if key in seen:
            said = _("Row %(row)d is about the same thing. Keep one of the two.")
            run.refuse(sheet, row, self.table.key[-1], said % {"row": seen[key]})
            return None
        seen[key] = row.number
        taken = TakenRow(row, instance, instance.pk is None)
        if not self._write(run, sheet, taken, columns):
            self.refused(run, row)
            return None
        return taken

    def _ask_as_printed(self, run: Run, sheet: ImportSheet, row: SheetRow) -> None:
        for name in row.rounded & set(self.written_names):
            row.cells[name] = run.ask_as_printed(sheet.name, row.number, name, row.cells[name])

    def _say_wrong_cells(
        self, run: Run, sheet: ImportSheet, row: SheetRow, columns: list[Written]
    ) -> None:
        """Also of a row that is not taken, so that all of it can be corrected at once."""
        errors: dict[str, str] = {}
        with suppress(PassedOver):
            list(self._read(run, TakenRow(row, self.model(), is_new=True), columns, errors))
        for name, sentence in errors.items():
            run.refuse(sheet, row, name, sentence)

    def _write(
        self, run: Run, sheet: ImportSheet, taken: TakenRow[M], columns: list[Written]
    ) -> bool:
        """Whether all was right; what changes is then saved."""
        errors: dict[str, str] = {}
        try:
            changes = list(self._read(run, taken, columns, errors))
        except PassedOver:
            for name, sentence in errors.items():
                run.refuse(sheet, taken.row, name, sentence)
            return False
        is_at_last = bool(columns) and columns[0].name in self.at_last
        taken.changes += changes
        if not is_at_last:
            self.settle(run, taken, errors)
        if changes or (taken.is_new and not is_at_last) or errors:
            if not errors and (sentence := self.refusal(run, taken)):
                errors[""] = sentence
            errors = {**self._problems(taken.instance, errors), **errors}
            if not errors:
                errors = self._save(run, taken, changes)
            for name, sentence in errors.items():
                run.refuse(sheet, taken.row, name, sentence)
            if errors:
                return False
        if not is_at_last and taken.instance.pk is not None:
            self.saved(run, taken)
        return True

    def _read(
        self, run: Run, taken: TakenRow[M], columns: list[Written], errors: dict[str, str]
    ) -> Iterator[Change]:
        is_passed_over = False
        for column in columns:
            text = taken.row.cells[column.name]
            before = column.stored(taken.instance)
            try:
                value = column.read(run, text, taken.instance)
            except PassedOver:
                is_passed_over = True
                continue
            except ValueError as wrong:
                errors[column.name] = str(wrong)
                continue
            if note := column.note(text, value):
                taken.notes.append(note)
            if value != before:
                column.store(taken.instance, value)
                self._keep_words(taken, column, text)
                yield Change(column, before, value)
        if is_passed_over:
            raise PassedOver

    def _keep_words(self, taken: TakenRow[M], column: Written, text: str) -> None:
        """A month or a season that was typed as a date stays beside it, as in the forms."""
        words = column.field.words if isinstance(column.field, DayField) else ""
        if words and not getattr(taken.instance, words) and (said := words_of_period(text)):
            setattr(taken.instance, words, said)

    def _save(self, run: Run, taken: TakenRow[M], changes: list[Change]) -> dict[str, str]:
        """What the constraints refuse, by column.

        The database asks them anyway. Asked before each row they take half the time of an import,
        so that only a row which is refused is asked again, for the words.
        """
        instance: Any = taken.instance
        instance.skip_history_when_saving = True
        if taken.is_new and self.at_once:
            return {}
        try:
            with transaction.atomic():
                self.save(run, taken)
                for column, old, value in changes:
                    column.store_after_saving(instance, old, value)
        except ValidationError as refusal:
            return self._by_column(refusal)
        except IntegrityError as error:
            instance.pk = None if taken.is_new else instance.pk
            refused = self._problems(instance, (), constraints=True)
            said = _("The database refuses this row: %s.") % str(error).splitlines()[0]
            return refused or {"": said}
        return {}

    def _problems(
        self, instance: M, known: Iterable[str], *, constraints: bool = False
    ) -> dict[str, str]:
        """What the model's own rules refuse, by column."""
        fields = {name: one.field.name for name, one in self.written.items()}
        keys = set()
        if not constraints:
            # They come from rows that were looked up.
            keys = {one.name for one in self.model._meta.fields if isinstance(one, ForeignKey)}
        exclude = {fields[name] for name in known if name in fields} | keys
        try:
            instance.full_clean(
                exclude=exclude, validate_unique=constraints, validate_constraints=constraints
            )
            check_text_bounds(instance)
        except ValidationError as refusal:
            return self._by_column(refusal)
        return {}

    def _by_column(self, refusal: ValidationError) -> dict[str, str]:
        columns = {one.field.name: name for name, one in self.written.items()}
        columns["slug"] = self.table.key[0]
        if not hasattr(refusal, "error_dict"):
            return {"": " ".join(refusal.messages)}
        return {
            columns.get(name, ""): " ".join(sentences)
            for name, sentences in refusal.message_dict.items()
        }

    def _keep_versions(self, run: Run, kept: list[TakenRow[M]]) -> None:
        """One version of what each row is now; none of a row of which nothing changed.

        Written one by one they take half the time of an import; at once, simple_history leaves
        out the lists of a row.
        """
        versions: Any = self.model.history  # type: ignore[attr-defined]
        at_once: dict[tuple[Any, ...], list[M]] = defaultdict(list)
        for taken in kept:
            instance: Any = taken.instance
            if not hasattr(instance, "skip_history_when_saving"):
                continue
            del instance.skip_history_when_saving
            instance._history_user, instance._change_reason = run.by, run.reason
            if versions.model._history_m2m_fields:
                # The signal of a plain save: it is what makes simple_history write.
                post_save.send(
                    sender=self.model, instance=instance, created=taken.is_new, raw=False
                )
            else:
                at_once[taken.is_new, *run.attributed_to(instance)].append(instance)
        for (is_new, institution, role), rows in at_once.items():
            whose = {"history_institution": institution, "history_role": role}
            versions.bulk_history_create(
                rows, ROWS_AT_ONCE, update=not is_new, custom_historical_attrs=whose
            )

    def _effect(self, run: Run, sheet: ImportSheet, taken: TakenRow[M]) -> Effect:
        changes = taken.changes
        kind = EffectKind.NEW if taken.is_new else EffectKind.CHANGED
        said = list(sentences_of(taken.is_new, self.new_in_words(run, taken.instance), changes))
        if not said:
            kind, said = EffectKind.SAME, [_("nothing changes")]
        return Effect(
            sheet=sheet.name,
            row=taken.row.number,
            name=self.name_of(taken.instance),
            kind=kind,
            sentences=said,
            warnings=[] if taken.is_new else list(warnings_of(changes)),
            notes=taken.notes,
            comparisons=[] if taken.is_new else list(comparisons_of(changes)),
            changed=[(column.name, repr(old), repr(new)) for column, old, new in changes],
        )


class SluggedTable(ImportTable[M]):
    """Rows with an id of their own, which a new one gets from its name or title."""

    name_column: ClassVar[str] = "title"
    no_id: ClassVar[StrOrPromise]
    """What to do if neither is given."""

    @property
    def id_column(self) -> str:
        return self.table.key[0]

    def lookup(self, run: Run) -> Lookup[M]:
        return LOOKUPS[self.model](run)

    def load(self, run: Run, sheet: ImportSheet) -> None:
        self.lookup(run).load(cell(row, self.id_column) for row in sheet.rows)

    def find(self, run: Run, row: SheetRow) -> M:
        given = cell(row, self.id_column) or run.chosen.get(self.id_column, "")
        longest = field_of(self.model, "slug").max_length
        slug = given or slugify(cell(row, self.name_column))[:longest]
        if not slug:
            raise missing(self.id_column, str(self.no_id))
        row.cells[self.id_column] = slug
        return self.lookup(run).get(slug) or self.model(slug=slug)

    def key_of(self, instance: M) -> str:
        return str(field_of(self.model, "slug").value_from_object(instance))

    def saved(self, run: Run, taken: TakenRow[M]) -> None:
        self.lookup(run).add(taken.instance)

    def refused(self, run: Run, row: SheetRow) -> None:
        self.lookup(run).refuse(cell(row, self.id_column))


def field_of(model: type[Model], name: str) -> AnyField:
    return cast("AnyField", model._meta.get_field(name))


def cell(row: SheetRow, name: str) -> str:
    return row.cells.get(name, "").strip()


def missing(name: str, sentence: str) -> ValidationError:
    return ValidationError({name: [sentence]})
