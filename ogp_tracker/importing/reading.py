"""A chosen file, read as a sheet: its content says of what kind it is."""

from codecs import BOM_UTF8
from collections.abc import Collection

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .csv_sheet import read_csv
from .sheet import ImportSheet, Refusal, SheetRefused
from .xlsx_sheet import read_xlsx

ARCHIVE = b"PK\x03\x04"

NOT_TAKEN = (
    (
        b"\xd0\xcf\x11\xe0",
        gettext_lazy("an older Excel file (.xls), or one that is locked by a password"),
    ),
    (b"%PDF", gettext_lazy("a PDF file")),
    (b"\x89PNG", gettext_lazy("a picture")),
    (b"\xff\xd8\xff", gettext_lazy("a picture")),
    (b"GIF8", gettext_lazy("a picture")),
    (b"{\\rtf", gettext_lazy("a text document")),
    (b"<!doctype", gettext_lazy("a web page")),
    (b"<html", gettext_lazy("a web page")),
    (b"<?xml", gettext_lazy("an XML file")),
    (b"{", gettext_lazy("a JSON file")),
    (b"[", gettext_lazy("a JSON file")),
)
"""How other files begin, and what they are called."""


def read_sheet(content: bytes, names: frozenset[str], pages: Collection[str] = ()) -> ImportSheet:
    """`names`: what its columns may be called, by which its separator is found. `pages`: what the
    page of a workbook may be called that is read; without any of them it is the first.
    Raises SheetRefused, in words for who chose the file.
    """
    check_size(len(content))
    if not content.removeprefix(BOM_UTF8).strip():
        raise SheetRefused(Refusal(_("The file is empty.")))
    if content.startswith(ARCHIVE):
        return read_xlsx(content, pages)
    start = content[:64].removeprefix(BOM_UTF8).lstrip().lower()
    for beginning, kind in NOT_TAKEN:
        if start.startswith(beginning.lower()):
            sentence = _("This is %(kind)s. Save the sheet as CSV UTF-8 or as XLSX.")
            raise SheetRefused(Refusal(sentence % {"kind": kind}))
    return read_csv(content, names)


def check_size(size: int) -> None:
    """Raises SheetRefused. `size` in bytes."""
    most = int(settings.IMPORT_MAX_MEGABYTES)
    if size > most * 1024**2:
        sentence = _("The file is larger than %(most)d MB. Divide the sheet into several.")
        raise SheetRefused(Refusal(sentence % {"most": most}))
