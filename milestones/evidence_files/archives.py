"""Office and OpenDocument files, which are ZIP archives: told apart by their table of contents.

Only two short members are ever unpacked, and of those no more than a bounded number of bytes, so
that an archive that unpacks to a thousand times its size does no harm here.
"""

import re
import zipfile
import zlib

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import KINDS, FileRefused
from .reading import tail

END = b"PK\x05\x06"
END_LENGTH = 22
LARGE_END = b"PK\x06\x07"
LARGE_END_LENGTH = 20
LONGEST_TABLE = 1024 * 1024
"""In bytes; a table of contents of this length names about ten thousand members."""
LONGEST_MEMBER = 1024 * 1024
MOST_UNPACKED = 1024**3

CONTENT_TYPES = "[Content_Types].xml"
MANIFEST = "META-INF/manifest.xml"
OFFICE_KEYS = ("docx", "xlsx", "pptx")
OPEN_DOCUMENT_KEYS = ("odt", "ods", "odp")

DAMAGED = gettext_lazy(
    "This document is damaged or cut off. Save or download it again, and choose it."
)
LOCKED = gettext_lazy(
    "This document is locked by a password. Save a copy without one, and choose that."
)
WITH_MACROS = gettext_lazy(
    "There are macros in this document, which could do harm to readers. Save it without macros"
    " (as .docx, .xlsx, .pptx or PDF), and choose that."
)
TOO_MUCH = gettext_lazy(
    "This document unpacks to far more than a document needs. Save it as PDF, and choose it."
)
OUTSIDE = gettext_lazy(
    "A name in this document leads out of its folder, which could do harm to readers. Save it"
    " again with your office program, or as PDF, and choose that."
)
LEADS_OUT = re.compile(r"\A(?:[/\\]|[A-Za-z]:)|(?:\A|[/\\])\.\.(?:[/\\]|\Z)")


def key_of(file: File, what_to_do: str) -> str:
    """Raises FileRefused for archives that are no documents; `what_to_do` ends its sentence."""
    _check_table(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            names = {member.filename for member in members}
            if CONTENT_TYPES in names:
                key = _office_key(_start_of(archive, CONTENT_TYPES), names)
            elif "mimetype" in names:
                key = _open_document_key(archive, names)
            else:
                key = ""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise FileRefused(DAMAGED) from None
    if not key:
        sentence = _("This is an archive and no document. Take the document out of it. %(do)s")
        raise FileRefused(sentence % {"do": what_to_do})
    return key


def _check_table(file: File) -> None:
    """Office programs write no comment behind the table, so its end is the end of the file."""
    end = tail(file, END_LENGTH + LARGE_END_LENGTH)
    table = end[-END_LENGTH:]
    if not table.startswith(END) or table[-2:] != b"\x00\x00":
        raise FileRefused(DAMAGED)
    if end.startswith(LARGE_END) or int.from_bytes(table[12:16], "little") > LONGEST_TABLE:
        raise FileRefused(TOO_MUCH)


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if any(LEADS_OUT.search(member.orig_filename) for member in members):
        raise FileRefused(OUTSIDE)
    if any(member.flag_bits & 1 for member in members):
        raise FileRefused(LOCKED)
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise FileRefused(TOO_MUCH)


def _office_key(types: bytes, names: set[str]) -> str:
    lower = {name.lower() for name in names}
    if (
        b"macroenabled" in types.lower()
        or any(name.endswith("vbaproject.bin") for name in lower)
        or any("/macrosheets/" in name or "/activex/" in name for name in lower)
    ):
        raise FileRefused(WITH_MACROS)
    for key in OFFICE_KEYS:
        if f'"{KINDS[key].media_type}.main+xml"'.encode() in types.replace(b"'", b'"'):
            return key
    return ""


def _open_document_key(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise FileRefused(WITH_MACROS)
    if MANIFEST in names and b"encryption-data" in _start_of(archive, MANIFEST):
        raise FileRefused(LOCKED)
    media_type = _start_of(archive, "mimetype").strip().decode("ascii", "replace")
    return next((key for key in OPEN_DOCUMENT_KEYS if KINDS[key].media_type == media_type), "")


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(LONGEST_MEMBER)
