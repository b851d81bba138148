"""What a sheet would do: every row in words, or everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from irm.codebook import BY_NAME, OPEN_VARIABLES
from irm.models import Assessment, MilestoneFinding, Report
from irm.models.assessment import TEXT_IN_ONE_PLACE

from .effects import Effect, EffectKind, effect_of
from .known import Key, Known
from .resources import FromSheet, resource_for, value_of
from .sheet import ImportSheet, Refusal, SheetRow
from .targets import COMMITMENT, HOLDER, LABEL, MILESTONE, OF_FINDINGS, REPORT, ImportTable


@dataclass(frozen=True)
class LeftOut:
    """What of a report is not in the sheet."""

    report: Report
    stays: list[str]
    """Commitments whose assessment stays as it is."""
    to_do: list[str]
    """Commitments of its plan of which there is none, and will be none."""


@dataclass
class ImportPreview:
    """What a sheet would do, row by row; if anything is wrong, nothing is done."""

    target: ImportTable
    sheet: ImportSheet
    effects: list[Effect] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    fingerprint: str = ""
    """Of all that it would do; it differs once anything that is stored has changed."""

    @property
    def counts(self) -> list[tuple[Any, int]]:
        return [(kind.value, sum(one.kind is kind for one in self.effects)) for kind in EffectKind]

    @property
    def does_anything(self) -> bool:
        return any(one.kind is not EffectKind.SAME for one in self.effects)


def judged(known: Known, sheet: ImportSheet, *, report: str = "") -> ImportPreview:
    """`report`: the slug of the one report into which it goes, if one was chosen.

    Writes nothing, and asks a number of queries that does not grow with the rows.
    """
    found = ImportPreview(known.target, sheet)
    resource, plan = resource_for(known), []
    seen: dict[Key, int] = {}
    judged_rows: dict[Key, tuple[int, Any]] = {}
    for row in sheet.rows:
        refusals = list(_wrong_ids(known, row, report)) or list(_repeated(known, row, seen))
        if refusals:
            found.refusals += refusals
            continue
        try:
            instance, effect, changes = _judged_row(resource, known, row)
        except ValidationError as refusal:
            found.refusals += _refusals_of(refusal, row)
            continue
        found.effects.append(effect)
        plan.append((effect.key, effect.kind.name, sorted(changes.items())))
        judged_rows[effect.key] = row.number, instance
    if known.target is not OF_FINDINGS:
        found.refusals += wrong_clusters(known, judged_rows)
    found.refusals.sort(key=lambda one: one.row)
    found.left_out = list(_left_out(known, seen))
    found.fingerprint = sha256(repr(plan).encode()).hexdigest()
    return found


def _judged_row(
    resource: FromSheet, known: Known, row: SheetRow
) -> tuple[Any, Effect, dict[str, Any]]:
    """Raises ValidationError for what its cells or the model refuse."""
    instance, is_new = resource.get_or_init_instance(None, row.cells)
    resource.after_init_instance(instance, is_new, row.cells)
    errors: dict[str, Any] = {}
    try:
        resource.import_instance(instance, row.cells)
    except ValidationError as refusal:
        errors = refusal.update_error_dict(errors)
    if not resource.skip_row(instance, None, row.cells, errors):
        resource.validate_instance(instance, errors)
    changes = resource.changes(instance)
    effect = effect_of(row.number, known.key_of(row.cells), instance, changes)
    if isinstance(instance, MilestoneFinding):
        effect.milestone = str(instance.milestone)
    effect.notes = [*_understood(instance, row), *_outside_the_plan(known, row)]
    return instance, effect, changes


def _wrong_ids(known: Known, row: SheetRow, chosen: str) -> Iterator[Refusal]:
    slug, commitment = row.cells[REPORT], row.cells[COMMITMENT]
    if not slug:
        yield Refusal(
            _("Write which report it is, or choose one for the whole sheet."), row.number, REPORT
        )
    elif chosen and slug != chosen:
        said = _("This row is of another report than the one that you chose: “%s”.")
        yield Refusal(said % slug, row.number, REPORT)
    elif slug not in known.reports:
        yield Refusal(_("There is no report “%s”.") % slug, row.number, REPORT)
    if not commitment:
        yield Refusal(_("Write which commitment it is."), row.number, COMMITMENT)
    elif commitment not in known.commitments:
        said = _("There is no commitment “%s” that readers can see.")
        yield Refusal(said % commitment, row.number, COMMITMENT)
    elif known.target is OF_FINDINGS:
        yield from _wrong_milestone(known, row)


def _wrong_milestone(known: Known, row: SheetRow) -> Iterator[Refusal]:
    slug, commitment, number = known.key_of(row.cells)
    if (commitment, number) not in known.milestones:
        said = _("%(commitment)s has no milestone “%(number)s”.")
        words = {"commitment": commitment, "number": row.cells[MILESTONE]}
        yield Refusal(said % words, row.number, MILESTONE)
    elif row.cells[LABEL] not in {"", label := known.milestones[commitment, number].label}:
        said = _("This milestone is called “%(label)s”, not “%(said)s”.")
        yield Refusal(said % {"label": label, "said": row.cells[LABEL]}, row.number, LABEL)
    if slug in known.reports and (slug, commitment) not in known.assessments:
        said = _("The report has no assessment of %s yet. Import or record that first.")
        yield Refusal(said % commitment, row.number, COMMITMENT)


def _repeated(known: Known, row: SheetRow, seen: dict[Key, int]) -> Iterator[Refusal]:
    """Whether an earlier row has the same key; `seen` remembers the row of each key."""
    key = known.key_of(row.cells)
    if key in seen:
        said = _("The same stands in row %(row)d already. Keep one of the two.")
        yield Refusal(said % {"row": seen[key]}, row.number, known.target.key[-1])
    else:
        seen[key] = row.number


def _refusals_of(refusal: ValidationError, row: SheetRow) -> list[Refusal]:
    return [
        Refusal(sentence, row.number, "" if name == NON_FIELD_ERRORS else name)
        for name, sentences in refusal.message_dict.items()
        for sentence in sentences
    ]


def _understood(instance: Model, row: SheetRow) -> Iterator[str]:
    """The code of each label, and each date that was not written as the data have it."""
    for name, said in row.cells.items():
        value = vars(instance).get(name)
        if isinstance(value, date) and said.strip() != value.isoformat():
            words = {"said": said.strip(), "date": date_format(value), "column": name}
            yield _("“%(said)s” is understood as %(date)s (%(column)s).") % words
        if name in BY_NAME and said.strip() and said.strip() != getattr(instance, name):
            words = {"said": said.strip(), "code": getattr(instance, name), "column": name}
            yield _("“%(said)s” is understood as %(code)s (%(column)s).") % words
    for variable in OPEN_VARIABLES:
        if kept := row.cells.get(variable.words_name):
            words = {"said": kept, "column": variable.name}
            yield _("“%(said)s” has no code and is kept as published (%(column)s).") % words


def _outside_the_plan(known: Known, row: SheetRow) -> Iterator[str]:
    report, commitment = known.reports[row.cells[REPORT]], known.commitments[row.cells[COMMITMENT]]
    if report.plan_id is not None and commitment.plan_id != report.plan_id:
        yield _("It is no commitment of the plan that the report is about.")


def _left_out(known: Known, seen: dict[Key, int]) -> Iterator[LeftOut]:
    in_sheet = {key[:2] for key in seen}
    assessed = set(known.assessments)
    not_assessed = known.not_assessed()
    for slug, report in known.reports.items():
        stays = sorted(one for of, one in assessed - in_sheet if of == slug)
        to_do = [one for one in not_assessed[slug] if (slug, one) not in in_sheet]
        if stays or to_do:
            yield LeftOut(report, stays, to_do)


def wrong_clusters(known: Known, rows: Mapping[Key, tuple[int, Assessment]]) -> Iterator[Refusal]:
    """Where several assessments share a text; `rows`: the number and the instance of each row.

    The model judges one row beside what is stored, and a row may come before the one whose text it
    shares: so what is asked here is the whole, with all its rows written.
    """
    after = {**known.assessments} | {key: instance for key, (_number, instance) in rows.items()}
    holders: dict[Key, Key] = {}
    for key, instance in after.items():
        if commitment := value_of(instance, HOLDER):
            holders[key] = (key[0], commitment)
    held = set(holders.values())
    for key, (number, instance) in rows.items():
        holder = holders.get(key)
        if holder and (refusal := _wrong(instance, key, holder, after, holders, held)):
            yield Refusal(refusal, number, HOLDER)


def _wrong(
    instance: Assessment,
    key: Key,
    holder: Key,
    after: Mapping[Key, Assessment],
    holders: Mapping[Key, Key],
    held: set[Key],
) -> str:
    if holder == key:
        return _("An assessment cannot share its text with itself.")
    if holder not in after:
        said = _("The report has no assessment of %s, neither stored nor in this sheet.")
        return said % holder[1]
    if holder in holders:
        return _("That one has no text of its own: name the assessment that holds the text.")
    if key in held:
        return _("Others share the text of this one. Let them share that of the other first.")
    return str(TEXT_IN_ONE_PLACE) if instance.analysis or instance.footnotes else ""
