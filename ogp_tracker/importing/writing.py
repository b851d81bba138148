"""Writing what was shown: the whole sheet in one transaction, or nothing of it."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from import_export.exceptions import ImportError as RowRefused
from tablib import Dataset

from commitments.rights import Rights

from .known import Known
from .preview import ImportPreview, judged
from .resources import resource_for
from .sheet import ImportSheet
from .targets import ImportTable


class ChangedMeanwhile(Exception):
    """What is stored is no longer what the preview was made from. Nothing is written."""


def write_sheet(
    target: ImportTable,
    sheet: ImportSheet,
    rights: Rights,
    *,
    shown: str,
    file_name: str,
    report: str = "",
) -> ImportPreview:
    """`shown`: the fingerprint of the preview that was agreed to.
    Raises ChangedMeanwhile if the sheet would now do something else, or is now refused.
    """
    try:
        with transaction.atomic():
            known = Known(target, sheet.rows, rights, locked=True)
            done = judged(known, sheet, report=report)
            if done.refusals or done.fingerprint != shown:
                raise ChangedMeanwhile
            _write(Known(target, sheet.rows, rights), sheet, file_name)
    except RowRefused as refusal:
        # Someone has added the same row since it was looked for.
        if isinstance(refusal.error, IntegrityError):
            raise ChangedMeanwhile from None
        raise
    return done


def _write(known: Known, sheet: ImportSheet, file_name: str) -> None:
    """Anything that goes wrong takes all rows back."""
    resource = resource_for(known, reason=_("Imported from %s") % file_name)
    names = list(sheet.rows[0].cells)
    rows = Dataset(*([row.cells[name] for name in names] for row in sheet.rows), headers=names)
    resource.import_data(rows, raise_errors=True, use_transactions=True)
