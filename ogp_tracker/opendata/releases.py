"""Releases: numbered packages at an address for ever, which never change, and can prove it.

A release is a package (`package.py`) kept as a file below `DATA_RELEASES_ROOT`, and a row with its
checksum that the database itself refuses to change.
"""

import csv
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from ogp_tracker.common.triggers import Guard, GuardSet, differs
from ogp_tracker.opendata import package
from ogp_tracker.opendata.formats import PIECE
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import TABLES

NEVER_CHANGED = "A release never changes."

OF_THE_CLOCK = {"overdue", "stale", "not_completed_at_end", "not_fully_reported_at_end"}
"""Columns that change with the day alone, which is no change of the data."""


@dataclass(frozen=True)
class Damage:
    """A release whose file is not what it was."""

    release: Release
    what: str


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Return what has the database refuse to change or delete a release."""
    table = Release._meta.db_table
    return [
        Guard(table, "UPDATE", differs(connection, Release), NEVER_CHANGED),
        Guard(table, "DELETE", "1 = 1", NEVER_CHANGED),
    ]


GUARDS = GuardSet(models=lambda: (Release,), guards=guards)


def make_release() -> Release:
    """Freeze the public data of this moment; return the release.

    Its number is the year and a count within it, such as 2026.1. If two are made at once, the
    second is refused with an IntegrityError and leaves no file.
    """
    now = timezone.now()
    before = Release.objects.first()
    number = next_number(now.year)
    part = Path(settings.DATA_RELEASES_ROOT) / f"{number}.{os.getpid()}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("w+b") as file:
            files = package.write_package(file, name=number, at=now)
        by_name = {one.name: one.rows for one in files}
        with transaction.atomic():
            release = Release.objects.create(
                number=number,
                made_at=now,
                size=part.stat().st_size,
                sha256=checksum(part),
                rows={table.name: by_name[f"{table.name}.csv"] for table in TABLES},
                changes=what_changed(file_of(before) if before else None, part),
            )
            part.rename(file_of(release))
    finally:
        part.unlink(missing_ok=True)
    return release


def next_number(year: int) -> str:
    """Return the number after the last of the year."""
    known = Release.objects.filter(number__startswith=f"{year}.").values_list("number", flat=True)
    # A file without a row is left of a database that was emptied; it must not be written over.
    files = Path(settings.DATA_RELEASES_ROOT).glob(f"{year}.*.zip")
    taken = {int(one.partition(".")[2]) for one in (*known, *(file.stem for file in files))}
    return f"{year}.{max(taken, default=0) + 1}"


def file_of(release: Release) -> Path:
    """Return where the file of a release is."""
    return Path(settings.DATA_RELEASES_ROOT) / f"{release.number}.zip"


def file_name(release: Release) -> str:
    """Return the name under which a reader saves it."""
    return f"open-government-tracker-{release.number}.zip"


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def damaged() -> Iterator[Damage]:
    """Yield every release whose file is missing or not what it was."""
    for release in Release.objects.order_by("made_at"):
        path = file_of(release)
        if not path.exists():
            yield Damage(release, _("Its file is missing: %(path)s.") % {"path": path.name})
        elif checksum(path) != release.sha256:
            yield Damage(release, _("Its file has been changed: %(path)s.") % {"path": path.name})


def what_changed(before: Path | None, after: Path) -> dict[str, dict[str, int]]:
    """Return for each table how many rows were added, changed and removed between two packages."""
    changes = {}
    for table in TABLES:
        was, now = (rows_of(path, table) if path else {} for path in (before, after))
        changes[table.name] = {
            "added": len(now.keys() - was.keys()),
            "changed": sum(was[key] != now[key] for key in was.keys() & now.keys()),
            "removed": len(was.keys() - now.keys()),
        }
    return changes


def rows_of(path: Path, table: Table) -> dict[tuple[str, ...], bytes]:
    """Return a digest of each row of a table in a package, by its key."""
    name = f"{table.name}.csv"
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return {}
        with closing(io.TextIOWrapper(archive.open(name), "utf-8", newline="")) as file:
            csv.field_size_limit(2**31 - 1)
            return {
                tuple(row.get(column, "") for column in table.key): sha256(
                    "\x1f".join(
                        f"{column}={cell}"
                        for column, cell in row.items()
                        if column not in OF_THE_CLOCK
                    ).encode()
                ).digest()
                for row in csv.DictReader(file)
            }
