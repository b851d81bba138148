"""Whole tables as files: written once for each version of the data, and then handed out as files.

The first reader who asks for a table has it written: a thread reads the database as fast as it can
and writes the file, and every reader follows the file as it grows. So a slow reader holds no
cursor, fifty at once read the database once, and who breaks off stops nobody else. Whether a
file is still being written is told by a lock of the system, which opens when its process dies.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from django.db import connections

from ogp_tracker.opendata.formats import PIECE
from ogp_tracker.opendata.version import Version

try:
    import fcntl
except ImportError:  # Not on Windows; `DATA_FILES_ROOT` is then None, and nothing here is asked.
    fcntl = None  # type: ignore[assignment]

VERSIONS_KEPT = 3
"""How many versions' files stay, so that who is reading an older one can finish."""

LOOK_AGAIN = 0.02
"""Seconds between two looks at a file that has not grown."""

PATIENCE = 5
"""Seconds without growth after which a reader asks whether anybody still writes."""

logger = logging.getLogger(__name__)


class NotFinished(Exception):
    """Whoever wrote the file died in the middle; the reader has to ask again."""


def path_of(root: Path, version: Version, name: str, *what: str) -> Path:
    """Return the file of this name in a version; `what` is all that its content depends on."""
    digest = sha256("|".join(what).encode()).hexdigest()[:16]
    stem, _dot, ending = name.partition(".")
    return root / version.mark / f"{stem}-{digest}.{ending}"


def pieces_of(path: Path, write: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """Yield the file piece by piece; if nobody has written it or is writing it, have it written.

    `write` yields its content, in a thread with a database connection of its own. Raises
    NotFinished in the middle if the writing ends before the file is whole.
    """
    with _opened(path, write) as reading:
        quiet_since = time.monotonic()
        while True:
            # Looked at before reading: what was whole then is read to its end now.
            is_whole = _is_same(reading, path)
            if piece := reading.read(PIECE):
                yield piece
                quiet_since = time.monotonic()
            elif is_whole:
                return
            elif time.monotonic() - quiet_since > PATIENCE and _is_abandoned(_part(path)):
                raise NotFinished(path.name)
            else:
                time.sleep(LOOK_AGAIN)


def clear_old(root: Path, version: Version) -> None:
    """Take away the files of all versions but the newest few."""
    folders = [one for one in root.iterdir() if one.is_dir()] if root.exists() else []
    folders.sort(key=lambda one: one.stat().st_mtime, reverse=True)
    for old in folders[VERSIONS_KEPT:]:
        if old.name != version.mark:
            shutil.rmtree(old, ignore_errors=True)


def _opened(path: Path, write: Callable[[], Iterator[bytes]]) -> BinaryIO:
    """Open the file, or the part of it that there is; see that somebody writes the rest."""
    part = _part(path)
    while True:
        with suppress(FileNotFoundError):
            return path.open("rb")
        part.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("ab")
        if not _lock(file):
            file.close()
            with suppress(FileNotFoundError):
                return part.open("rb")
        elif path.exists():
            # Somebody finished it between the two looks.
            file.close()
            part.unlink(missing_ok=True)
        else:
            file.truncate(0)
            reading = part.open("rb")
            threading.Thread(target=_write, args=(file, path, write), daemon=True).start()
            return reading


def _write(file: BinaryIO, path: Path, write: Callable[[], Iterator[bytes]]) -> None:
    """Write the file whose part is open and locked, then give it its name."""
    # To close the file opens its lock, and tells readers that nobody writes any more.
    with file:
        try:
            for piece in write():
                file.write(piece)
                file.flush()
            _part(path).rename(path)
        except Exception:
            logger.exception("The file %s could not be written.", path.name)
        finally:
            connections.close_all()


def _part(path: Path) -> Path:
    return path.with_suffix(f"{path.suffix}.part")


def _lock(file: BinaryIO) -> bool:
    """Lock the file against all others who ask; return whether it could be had."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_abandoned(part: Path) -> bool:
    """Return whether nobody writes the part any more."""
    try:
        with part.open("rb") as file:
            return _lock(file)
    except FileNotFoundError:
        return False


def _is_same(file: BinaryIO, path: Path) -> bool:
    """Return whether the open file has got its final name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
