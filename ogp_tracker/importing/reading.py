"""A chosen file, read sheet by sheet: its content says of what kind it is."""

from codecs import BOM_UTF8
from pathlib import PurePath

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .csv_file import read_csv
from .grid import Grid
from .sheet import Refusal, SheetRefused
from .workbook import read_workbook

ARCHIVE = b"PK\x03\x04"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
"""How Office files began until 2007, and how those begin that are locked by a password."""

WEB_PAGE = gettext_lazy("a web page, even if its name ends in .xls")
PICTURE = gettext_lazy("a picture")
NOT_TAKEN = (
    (b"%PDF", gettext_lazy("a PDF file")),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"{\\rtf", gettext_lazy("a text document")),
    (b"<!doctype", WEB_PAGE),
    (b"<html", WEB_PAGE),
    (b"<meta", WEB_PAGE),
    (b"<table", WEB_PAGE),
    (b"<?xml", gettext_lazy("an XML file")),
    (b"{", gettext_lazy("a JSON file")),
    (b"[{", gettext_lazy("a JSON file")),
)
"""How other files begin, and what they are called."""


def read_file(content: bytes, name: str) -> list[Grid]:
    """`name` of the file. Raises SheetRefused, in words for who chose the file.

    What is wrong inside a sheet is in `Grid.refusals`, and raised by `heads.sheet_in` if the sheet
    is one that is wanted.
    """
    check_size(len(content))
    if not content.removeprefix(BOM_UTF8).strip():
        raise SheetRefused(Refusal(_("The file is empty.")))
    if content.startswith(ARCHIVE):
        return read_workbook(content)
    if content.startswith(COMPOUND_FILE):
        raise SheetRefused(Refusal(_compound_file(content)))
    start = content[:64].removeprefix(BOM_UTF8).lstrip().lower()
    for beginning, kind in NOT_TAKEN:
        if start.startswith(beginning.lower()):
            words = _("This is %(kind)s. Open it in a spreadsheet program, and save it as XLSX.")
            if beginning in {b"%PDF", b"{\\rtf"} or kind is PICTURE:
                words = _("This is %(kind)s. Choose a sheet that is saved as XLSX or as CSV UTF-8.")
            raise SheetRefused(Refusal(words % {"kind": kind}))
    return [read_csv(content, PurePath(name).stem)]


def check_size(size: int) -> None:
    """Raises SheetRefused. `size` in bytes."""
    most = int(settings.IMPORT_MAX_MEGABYTES)
    if size > most * 1024**2:
        words = _("The file is larger than %(most)s MB. Divide the sheet into several.")
        raise SheetRefused(Refusal(words % {"most": intcomma(most)}))


def _compound_file(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _(
            "This workbook is locked by a password. Save a copy without a password, and choose"
            " that."
        )
    if any(f"{stream}\0".encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        return _("This is an older Excel file (.xls). Save it as “Excel Workbook (.xlsx)”.")
    return _("This is an older Office file and not a workbook. Choose a sheet saved as XLSX.")
