"""Reading parts of a file that may be large."""

from collections.abc import Iterator

from django.core.files.base import File

CHUNK = 64 * 1024


def head(file: File, length: int) -> bytes:
    file.seek(0)
    return bytes(file.read(length))


def tail(file: File, length: int) -> bytes:
    file.seek(max(0, file.size - length))
    return bytes(file.read(length))


def chunks(file: File) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def chunks_with_overlap(file: File, overlap: int) -> Iterator[bytes]:
    """Each part begins with the end of the last, to search across them."""
    before = b""
    for chunk in chunks(file):
        yield before + chunk
        before = (before + chunk)[-overlap:]
