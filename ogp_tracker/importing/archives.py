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
PARTS_WITH_CELLS = ("xl/worksheets/", "xl/sharedStrings", "content.xml")

HEAVY = (b"mergeCell", b"cfRule", b"hyperlink", b"dataValidation")
"""What the library keeps an object for, also where it reads row by row."""

BLOCK = 1024**2

PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Nothing else is in workbooks, and nothing else can be unpacked block by block."""


def check_archive(content: bytes) -> None:
    """Raises SheetRefused for what is not a workbook, or unpacks to more than one needs."""
    what_to_do = _("Choose a sheet that is saved as XLSX or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not {member.compress_type for member in members} <= PACKED:
                raise zipfile.BadZipFile
            is_too_much = sum(member.file_size for member in members) > MOST_UNPACKED
            has_types = not is_too_much and any(_declares_types(archive, one) for one in members)
            is_too_much = is_too_much or _has_too_many_elements(archive, members)
            refusal = _of_another_program({member.filename for member in members})
        kind = "" if is_too_much or refusal else key_of(ContentFile(content), what_to_do)
    except ValidationError as error:
        raise SheetRefused(Refusal(" ".join(error.messages))) from None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        words = _("This workbook is damaged or cut off. %(do)s") % {"do": what_to_do}
        raise SheetRefused(Refusal(words)) from None
    if is_too_much or has_types:
        refusal = _(
            "This workbook unpacks to far more than a sheet needs. It is not opened. Copy"
            " the rows that you need, as values, into a new workbook, or save them as CSV"
            " UTF-8."
        )
    elif kind == "ods":
        refusal = _(
            "This is an OpenDocument spreadsheet. Save it as XLSX (File, Save As, Excel 2007-365)"
            " and choose it again."
        )
    elif kind != "xlsx":
        refusal = refusal or _("This is a document and not a workbook. ") + what_to_do
    if refusal:
        raise SheetRefused(Refusal(refusal))


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


def _declares_types(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part has a DOCTYPE, whose entities can multiply; no workbook needs one."""
    if not member.filename.endswith((".xml", ".rels")) or member.flag_bits & 1:
        return False
    with archive.open(member) as part:
        return b"<!DOCTYPE" in part.read(2048)


def _has_too_many_elements(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    left = MOST_ELEMENTS
    for member in members:
        if member.flag_bits & 1:  # locked by a password, and refused for that
            continue
        # A style takes the library four times as long as a cell.
        weight = 1 if member.filename.startswith(PARTS_WITH_CELLS) else 4
        with archive.open(member) as part:
            while left >= 0 and (block := part.read(BLOCK)):
                left -= weight * sum(map(block.count, ENDS_OF_ELEMENTS))
                left -= 20 * sum(map(block.count, HEAVY))
    return left < 0
