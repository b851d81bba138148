"""Keeping files below MEDIA_ROOT, under random names, whole or not at all.

A file is written beside its place under a passing name and moved there when the last byte is on
the disk; its checksum is computed meanwhile. Nothing is ever overwritten.
"""

import logging
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.facts import EvidenceFacts
from milestones.models import Evidence, EvidenceUpload, ProgressUpdate

from .content import kind_of
from .kinds import FileRefused
from .reading import chunks
from .stored import StoredFile, clean_name

FOLDER = "evidence"
UNFINISHED = ".unfinished-"

logger = logging.getLogger(__name__)


def keep_upload(upload: UploadedFile, account: User) -> EvidenceUpload:
    """Raises FileRefused if the file is not taken as evidence."""
    if (stored := getattr(upload, "stored", None)) is None:
        stored = keep_file(upload, upload.name or "")
        # A form that a service refuses is read once more, in a transaction of its own.
        setattr(upload, "stored", stored)  # noqa: B010
    return EvidenceUpload.objects.create(
        account=account, uploaded_at=timezone.now(), **stored.columns()
    )


def keep_file(file: File, name: str) -> StoredFile:
    """Judge the file by its content and keep it, and return what was kept. Raises FileRefused."""
    kind = kind_of(
        file,
        name,
        allowed=settings.EVIDENCE_KINDS,
        largest=settings.EVIDENCE_MAX_MEGABYTES * 1024**2,
    )
    try:
        path, size, checksum = _write(file)
    except OSError as error:
        logger.exception("A file of evidence could not be written")
        sentence = _(
            "This site cannot save files at the moment. Save the rest without the file, and"
            " choose it again later."
        )
        raise FileRefused(sentence) from error
    return StoredFile(path, clean_name(name, kind), kind.media_type, size, checksum)


class _Finished(File):
    """A file that the storage moves to its place instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _write(file: File) -> tuple[str, int, str]:
    checksum, size = sha256(), 0
    path = f"{FOLDER}/{secrets.token_hex(16)}"
    folder = Path(default_storage.path(FOLDER))
    folder.mkdir(parents=True, exist_ok=True)
    number, unfinished = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
    try:
        with os.fdopen(number, "wb") as target:
            for chunk in chunks(file):
                checksum.update(chunk)
                size += target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        path = default_storage.save(path, _Finished(None, name=unfinished))
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return path, size, checksum.hexdigest()


def checksum_of(path: str) -> str:
    """Return the checksum of a kept file. Raises OSError if it cannot be read."""
    with default_storage.open(path) as file:
        return file_digest(file, "sha256").hexdigest()


def write_evidence(update: ProgressUpdate, pieces: Iterable[EvidenceFacts]) -> Iterator[Evidence]:
    """Yield the unsaved rows of these pieces; each file now belongs to the update alone."""
    for piece in pieces:
        if piece.file:
            EvidenceUpload.objects.filter(file=piece.file.path).delete()
        yield Evidence(update=update, **piece.columns())


def drop_evidence(update: ProgressUpdate) -> None:
    """Delete the evidence of an unpublished update; its files go once that is settled."""
    paths = list(update.evidence.exclude(file="").values_list("file", flat=True))
    update.evidence.all().delete()
    transaction.on_commit(lambda: remove_unused(paths))


def remove_unused(paths: Iterable[str]) -> list[str]:
    """Remove those of the kept files that no row needs; return which."""
    if not (paths := list(paths)):
        return []
    needed = set(Evidence.objects.filter(file__in=paths).values_list("file", flat=True))
    needed |= set(EvidenceUpload.objects.filter(file__in=paths).values_list("file", flat=True))
    unused = [path for path in paths if path not in needed]
    for path in unused:
        default_storage.delete(path)
    return unused
