"""Reading parts of a file that may be large."""

from collections.abc import Iterator
from typing import Any

CHUNK = 64 * 1024


def head(file: Any, length: int) -> bytes:
    """Return the first bytes of the file."""
    file.seek(0)
    found: bytes = file.read(length)
    return found


def tail(file: Any, length: int) -> bytes:
    """Return the last bytes of the file."""
    file.seek(max(0, file.size - length))
    found: bytes = file.read(length)
    return found


def chunks(file: Any) -> Iterator[bytes]:
    """Yield the whole file from its beginning, a part at a time."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def chunks_with_overlap(file: Any, overlap: int) -> Iterator[bytes]:
    """Yield the whole file; each part begins with the end of the last, to search across them."""
    before = b""
    for chunk in chunks(file):
        yield before + chunk
        before = (before + chunk)[-overlap:]
