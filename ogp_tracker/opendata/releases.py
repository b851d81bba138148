"""Releases: numbered packages at permanent addresses, which never change, and can prove it.

A release is a package (`package.py`) saved as a file below `DATA_RELEASES_ROOT`, and a row with its
checksum that the database itself refuses to change.
"""

import csv
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import file_digest, sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from ogp_tracker.common.triggers import Guard, GuardSet, differs
from ogp_tracker.opendata import package
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import TABLES

NEVER_CHANGED = "A release cannot be changed or deleted."

COMPUTED_FOR_TODAY = {
    *("overdue", "past_due", "stale", "not_completed_at_end", "behind_at_end", "unknown_at_end")
}
"""Columns that change with the date alone, which is not a change of the data."""


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = Release._meta.db_table
    return [
        Guard(table, "UPDATE", differs(connection, Release), NEVER_CHANGED),
        Guard(table, "DELETE", "1 = 1", NEVER_CHANGED),
    ]


GUARDS = GuardSet(models=lambda: (Release,), guards=guards)


def make_release() -> Release:
    """Save the public data as they are now as the next release.

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
                changes=row_changes(release_path(before) if before else None, part),
            )
            part.rename(release_path(release))
    finally:
        part.unlink(missing_ok=True)
    return release


def next_number(year: int) -> str:
    known = Release.objects.filter(number__startswith=f"{year}.").values_list("number", flat=True)
    # A file without a row is left over from an emptied database; it must not be overwritten.
    files = Path(settings.DATA_RELEASES_ROOT).glob(f"{year}.*.zip")
    taken = {int(one.partition(".")[2]) for one in (*known, *(file.stem for file in files))}
    return f"{year}.{max(taken, default=0) + 1}"


def release_path(release: Release) -> Path:
    return Path(settings.DATA_RELEASES_ROOT) / f"{release.number}.zip"


def file_name(release: Release) -> str:
    """The name under which a reader saves it."""
    return f"open-government-tracker-{release.number}.zip"


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def damaged() -> Iterator[str]:
    for release in Release.objects.order_by("made_at"):
        path = release_path(release)
        if not path.exists():
            yield f"{release}: " + _("the file %(path)s is missing.") % {"path": path.name}
        elif checksum(path) != release.sha256:
            yield f"{release}: " + _("the file %(path)s has been changed.") % {"path": path.name}


def row_changes(before: Path | None, after: Path) -> dict[str, dict[str, int]]:
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
    """A digest of each row of a table in a package, by its key."""
    name = f"{table.name}.csv"
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return {}
        with closing(io.TextIOWrapper(archive.open(name), "utf-8", newline="")) as file:
            csv.field_size_limit(2**31 - 1)
            digests = {}
            for row in csv.DictReader(file):
                kept = (f"{name}={row[name]}" for name in row if name not in COMPUTED_FOR_TODAY)
                key = tuple(row.get(column, "") for column in table.key)
                digests[key] = sha256("\x1f".join(kept).encode()).digest()
            return digests
