"""Looking after kept files: whether they are unchanged, and which ones nobody needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from milestones.models import Evidence, EvidenceUpload
from ogp_tracker.common.consistency import ROWS_AT_ONCE, Counter, Problem, watched

from .store import FOLDER, checksum_of, remove_unused


def damaged_files(count: Counter) -> Iterator[Problem]:
    """Yield the evidence whose file is missing or not the one that was given; reads every file."""
    rows = Evidence.objects.exclude(file="").order_by("pk").iterator(ROWS_AT_ONCE)
    for piece in watched(rows, count):
        where = f"{piece} ({piece.file.name}, {piece.file_name})"
        try:
            whole = checksum_of(piece.file.name or "") == piece.sha256
        except OSError:
            rule = _("Every file of evidence can be read.")
            yield Problem(rule, where, _("Restore the file from the backup of var/media."))
            continue
        if not whole:
            rule = _("Every file of evidence is unchanged.")
            to_do = _("Its checksum differs. Restore the file from the backup of var/media.")
            yield Problem(rule, where, to_do)


@dataclass(frozen=True)
class Cleared:
    uploads: int
    files: int


def clear_away(before: datetime) -> Cleared:
    """What is younger is left alone: the form that it comes with may still be on its way."""
    uploads = EvidenceUpload.objects.filter(uploaded_at__lt=before)
    paths = list(uploads.values_list("file", flat=True))
    uploads.filter(file__in=paths).delete()
    files = len(remove_unused(paths))
    found = _files_older_than(before)
    while some := list(islice(found, ROWS_AT_ONCE)):
        files += len(remove_unused(some))
    return Cleared(uploads=len(paths), files=files)


def _files_older_than(before: datetime) -> Iterator[str]:
    """Yield the paths of the files kept since then or longer, those never finished as well."""
    folder = Path(default_storage.path(FOLDER))
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.is_file() and file.stat().st_mtime < before.timestamp():
            yield f"{FOLDER}/{file.name}"
