"""An import as a whole: previewed, or written whole or not at all."""

from collections.abc import Iterable

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.models import Milestone
from milestones.services import rebuild_progress

from .grid import Grid
from .heads import sheet_in
from .reading import read_file
from .run import Run
from .sheet import ImportSheet, Refusal, SheetRefused
from .status_table import recognise, sheets_of
from .tables import NAMES, SHEET_NAMES, TABLES

OUR_OWN = ("example", "definitions", "lists")
"""How the sheets begin that our workbooks have beside the tables, and that nobody fills in."""


MOST_QUESTIONS = 200
"""How many one person answers; a form with more could not be sent."""


class ChangedMeanwhile(Exception):
    """What is stored is no longer what the preview was made from. Nothing is written."""


def grids_of(files: Iterable[tuple[str, bytes]]) -> list[Grid]:
    """By name and content. Raises SheetRefused with what is wrong with any of the files."""
    found: list[Grid] = []
    refusals: list[Refusal] = []
    for name, content in files:
        try:
            found += read_file(content, name)
        except SheetRefused as refused:
            refusals += refused.refusals
    if refusals:
        raise SheetRefused(*refusals)
    return found


def preview(grids: Iterable[Grid], run: Run) -> Run:
    """Do all of it, and take it back. Raises SheetRefused with everything that is wrong."""
    with transaction.atomic():
        _take_all(grids, run)
        transaction.set_rollback(True)
    return run


def write(grids: Iterable[Grid], run: Run, *, shown: str | None = None) -> Run:
    """`shown`: the fingerprint of the preview that was agreed to; None for a command without one.

    Raises ChangedMeanwhile if it would now do something else, or is now refused.
    """
    try:
        with transaction.atomic():
            _take_all(grids, run)
            if shown is not None and run.fingerprint != shown:
                raise ChangedMeanwhile
    except SheetRefused:
        if shown is not None:
            raise ChangedMeanwhile from None
        raise
    return run


def _take_all(grids: Iterable[Grid], run: Run) -> None:
    sheets = _arranged(grids, run)
    try:
        # So that a row which the database refuses is said, and the transaction still works.
        with transaction.atomic():
            for table in TABLES:
                for sheet in sheets:
                    if sheet.table == table.table.name:
                        one = table()
                        one.take(run, sheet)
                        one.finish(run, sheet)
            _check_whose(run)
            _rebuild(run)
    except IntegrityError as error:
        # Somebody has added the same row since it was looked for.
        said = _("The database refuses it: %s. Look at the preview once more.")
        raise SheetRefused(*run.refusals, Refusal(said % str(error).splitlines()[0])) from None
    if len(run.questions) > MOST_QUESTIONS:
        said = _(
            "There are %s numbers that may have lost a zero at the end. Format their columns as"
            " text, write the numbers as they are printed, and choose the file again."
        )
        run.refusals.append(Refusal(said % intcomma(len(run.questions))))
    if run.refusals:
        raise SheetRefused(*sorted(run.refusals, key=lambda one: (one.sheet, one.row)))


def _arranged(grids: Iterable[Grid], run: Run) -> list[ImportSheet]:
    """Raises SheetRefused if none of the sheets is one of a table."""
    sheets: list[ImportSheet] = []
    passed_over, is_any = [], False
    for grid in grids:
        if grid.name.casefold().startswith(OUR_OWN):
            continue
        sheet = sheet_in(grid, NAMES, SHEET_NAMES)
        if sheet is not None:
            sheets.append(sheet)
            _note(run, grid, sheet.notes)
        elif (table := recognise(grid)) is not None:
            is_any = True
            _note(run, grid, grid.notes)
            sheets += sheets_of(table, run)
        else:
            passed_over.append(grid.name)
    if not sheets and not is_any:
        said = _(
            "No sheet with this site's columns was found. The first row of a sheet names its"
            " columns, such as: commitment_id, label, text. Start from the empty workbook."
        )
        raise SheetRefused(Refusal(said))
    if passed_over:
        said = _("These sheets are not read: %s")
        run.notes.append(said % ", ".join(passed_over))
    return sheets


def _note(run: Run, grid: Grid, notes: Iterable[str]) -> None:
    """What is so of the whole workbook is said once."""
    said = {note.split(": ", 1)[-1] for note in run.notes}
    run.notes += [f"{grid.name}: {note}" for note in notes if note not in said]


def _check_whose(run: Run) -> None:
    """With their plan and leads as they are now, all of them have to be the account's."""
    if run.is_command or not run.commitments_touched:
        return
    edited = run.rights.edited_commitments().values("pk")
    strange = Commitment.objects.filter(pk__in=run.commitments_touched).exclude(pk__in=edited)
    said = _(
        "%s would not be a commitment that you look after. Choose your own plan, or a lead of your"
        " nation."
    )
    run.refusals += [Refusal(said % one) for one in strange]


def _rebuild(run: Run) -> None:
    """The current copies of what is new, or was said anew."""
    commitments = Commitment.objects.filter(pk__in=run.commitments_touched)
    milestones = Milestone.objects.filter(pk__in=run.milestones_touched)
    in_them = Milestone.objects.filter(commitment__in=run.commitments_touched)
    rebuild_progress([*commitments, *(milestones | in_them)])
