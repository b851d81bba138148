"""Whether an archive is a workbook, and one that can be opened without harm."""

import io
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from milestones.evidence_files.archives import key_of

from .sheet import Refusal, SheetRefused

MOST_UNPACKED = 30 * 1024**2
"""How many bytes a workbook may unpack to; a full one of the tracker's has some ten million."""

# Three are a cell, and 5,000 rows of 50 columns are 250,000 cells. They are counted before any is
# read, because to read them takes the library far longer.
MOST_ELEMENTS = 800_000

ENDS_OF_ELEMENTS = (b"</", b"/>", b"<\0/", b"/\0>")
"""In UTF-8 and in UTF-16."""
# Those of an ODS are all in memory at once. A style takes the library four times as long as a cell.
WEIGHTS = {"xl/worksheets/": 1, "xl/sharedStrings": 1, "content.xml": 2}
OTHERS = 4

HEAVY = (b"mergeCell", b"cfRule", b"hyperlink", b"dataValidation")
"""What the library keeps an object for, also where it reads row by row."""

DOCTYPES = tuple("<!DOCTYPE".encode(encoding)[:17] for encoding in ("utf-8", "utf-16-le"))
"""Its entities can multiply, and no workbook needs one."""

BLOCK = 1024**2

PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Nothing else is in workbooks, and nothing else can be unpacked block by block."""


def check_archive(content: bytes) -> str:
    """“xlsx” or “ods”. Raises SheetRefused for others, or what unpacks to more than one needs."""
    what_to_do = _("Choose a sheet that is saved as XLSX or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not {member.compress_type for member in members} <= PACKED:
                raise zipfile.BadZipFile
            is_too_much = sum(member.file_size for member in members) > MOST_UNPACKED
            is_too_much = is_too_much or _is_too_much_to_open(archive, members)
            refusal = _of_another_program({member.filename for member in members})
        kind = "" if is_too_much or refusal else key_of(ContentFile(content), what_to_do)
    except ValidationError as error:
        raise SheetRefused(Refusal(" ".join(error.messages))) from None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        words = _("This workbook is damaged or cut off. %(do)s") % {"do": what_to_do}
        raise SheetRefused(Refusal(words)) from None
    if is_too_much:
        refusal = _(
            "This workbook unpacks to far more than a sheet needs. It is not opened. Copy"
            " the rows that you need, as values, into a new workbook, or save them as CSV"
            " UTF-8."
        )
    elif kind not in {"xlsx", "ods"}:
        refusal = refusal or _("This is a document and not a workbook. ") + what_to_do
    if refusal:
        raise SheetRefused(Refusal(refusal))
    return kind


def _of_another_program(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return _(
            "This is a binary workbook (.xlsb). Save it as “Excel Workbook (.xlsx)” and choose it"
            " again."
        )
    if any(name == "Index.zip" or name.endswith(".iwa") for name in names):
        return _(
            "This is a document of Apple Numbers or Pages. In Numbers, choose File, Export To,"
            " Excel, and choose the exported file."
        )
    return ""


def _is_too_much_to_open(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    left = MOST_ELEMENTS
    for member in members:
        if member.flag_bits & 1:  # locked by a password, and refused for that
            continue
        weights = (one for name, one in WEIGHTS.items() if member.filename.startswith(name))
        weight, end = next(weights, OTHERS), b""
        is_xml = member.filename.endswith((".xml", ".rels"))  # a picture (SVG) may have one
        with archive.open(member) as part:
            while left >= 0 and (block := part.read(BLOCK)):
                block = end + block
                end = block[-16:]  # where a word may begin
                if is_xml and any(word in block for word in DOCTYPES):
                    return True
                left -= weight * sum(map(block.count, ENDS_OF_ELEMENTS))
                left -= 20 * sum(map(block.count, HEAVY))
    return left < 0
