"""Whole tables as files: written once for each version of the data, then served as files.

The first reader who asks for a table starts a thread that reads the database as fast as it can and
writes the file; every reader follows the file as it grows. So a slow reader holds no cursor, fifty
readers at once cost one reading of the database, and a reader who stops early stops nobody else. A
lock of the operating system, which opens when its process dies, tells whether a file is still being
written.
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
from ogp_tracker.opendata.version import DataVersion

try:
    import fcntl
except ImportError:  # Not on Windows; `DATA_FILES_ROOT` is then None, and nothing here is called.
    fcntl = None  # type: ignore[assignment]

VERSIONS_KEPT = 3
"""How many versions' files stay, so that readers of an older one can finish."""

LOOK_AGAIN = 0.02
"""Seconds until a file that has not grown is read again."""

PATIENCE = 5
"""Seconds without growth after which a reader checks whether the writing thread has died."""

_not_writable: set[Path] = set()
"""Files that did not fit on the disk. The next version has other paths, so they are tried again."""

logger = logging.getLogger(__name__)


class IncompleteFile(Exception):
    """The thread that wrote the file died before it was complete; the reader has to ask again."""


def path_of(root: Path, version: DataVersion, name: str, *depends_on: str) -> Path:
    """The file of this name in a version; its content depends on nothing but `depends_on`."""
    digest = sha256("|".join(depends_on).encode()).hexdigest()[:16]
    stem, _dot, ending = name.partition(".")
    return root / version.version / f"{stem}-{digest}.{ending}"


def pieces_of(path: Path, write: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """The file piece by piece; write it if nobody has written it or is writing it.

    `write` yields its content, in a thread with a database connection of its own. If no file can be
    written, the content comes from `write` itself. Raises IncompleteFile if the writing ends after
    the reader has got a part of the file.
    """
    if (file := _open_if_possible(path, write)) is None:
        yield from write()
        return
    with file as reading:
        quiet_since = time.monotonic()
        while True:
            # Checked before reading: what was complete then is read to its end now.
            is_whole = _is_same(reading, path)
            if piece := reading.read(PIECE):
                yield piece
                quiet_since = time.monotonic()
            elif is_whole:
                return
            elif time.monotonic() - quiet_since > PATIENCE and _is_abandoned(_part(path)):
                if reading.tell() or os.fstat(reading.fileno()).st_size:
                    raise IncompleteFile(path.name)
                yield from write()
                return
            else:
                time.sleep(LOOK_AGAIN)


def clear_old(root: Path, version: DataVersion) -> None:
    folders = [one for one in root.iterdir() if one.is_dir()] if root.exists() else []
    folders.sort(key=lambda one: one.stat().st_mtime, reverse=True)
    for old in folders[VERSIONS_KEPT:]:
        if old.name != version.version:
            shutil.rmtree(old, ignore_errors=True)


def _open_if_possible(path: Path, write: Callable[[], Iterator[bytes]]) -> BinaryIO | None:
    if path in _not_writable:
        return None
    try:
        return _opened(path, write)
    except OSError as error:
        logger.warning("No file can be written, so the database is read: %s", error)
        return None


def _opened(path: Path, write: Callable[[], Iterator[bytes]]) -> BinaryIO:
    """Open the file, or as much of it as there is; make sure that a thread writes the rest."""
    part = _part(path)
    while True:
        with suppress(FileNotFoundError):
            return path.open("rb")
        part.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: closing must not fail because what is in a buffer does not fit on the disk.
        file = part.open("ab", buffering=0)
        if not _lock(file):
            file.close()
            with suppress(FileNotFoundError):
                return part.open("rb")
        elif path.exists():
            # Another thread finished it in the meantime.
            file.close()
            part.unlink(missing_ok=True)
        else:
            file.truncate(0)
            reading = part.open("rb")
            threading.Thread(target=_write, args=(file, path, write), daemon=True).start()
            return reading


def _write(file: BinaryIO, path: Path, write: Callable[[], Iterator[bytes]]) -> None:
    """Write the file, which is open and locked under its temporary name, then rename it."""
    # Closing the file opens its lock, which tells readers that nobody writes any more.
    with file:
        try:
            for piece in write():
                _write_all(file, piece)
            _part(path).rename(path)
        except Exception as error:
            logger.exception("The file %s could not be written.", path.name)
            if isinstance(error, OSError):
                _not_writable.add(path)
                # Gives back the space; the file stays, because its readers look at its lock.
                with suppress(OSError):
                    file.truncate(0)
        finally:
            connections.close_all()


def _write_all(file: BinaryIO, piece: bytes) -> None:
    """An unbuffered file may take a part only, if the disk is nearly full."""
    left = memoryview(piece)
    while left:
        left = left[file.write(left) :]


def _part(path: Path) -> Path:
    return path.with_suffix(f"{path.suffix}.part")


def _lock(file: BinaryIO) -> bool:
    """Whether the lock could be taken; it never waits."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_abandoned(part: Path) -> bool:
    with suppress(FileNotFoundError), part.open("rb") as file:
        return _lock(file)
    return False


def _is_same(file: BinaryIO, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False
