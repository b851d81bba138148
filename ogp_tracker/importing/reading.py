"""A chosen file, read as a sheet: its content says of what kind it is."""

import codecs
import csv
import io
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator
from itertools import count

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_tracker.opendata.as_csv import as_written

from .sheet import ImportSheet, Refusal, SheetRefused, in_columns
from .xlsx_sheet import read_xlsx

SEPARATORS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
}

# A cell may hold a whole chapter; the size of the file is the limit.
csv.field_size_limit(64 * 1024**2)


def read_csv(content: bytes, names: frozenset[str]) -> ImportSheet:
    """Raises SheetRefused. `names`: what columns may be called; the separator that finds most of
    them is the file's.
    """
    text = decoded(content)
    separator = max(SEPARATORS, key=lambda one: len(_first(text, one) & names))
    sheet = in_columns(_records(text, separator))
    if separator != ",":
        words = {"separator": SEPARATORS[separator]}
        sheet.notes.append(_("Its cells are separated by %(separator)s.") % words)
    return sheet


def decoded(content: bytes) -> str:
    """Raises SheetRefused if it is not UTF-8, and says what it is."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:1000]:
        raise SheetRefused(
            Refusal(_("The file is in UTF-16 (“Unicode text”). %(do)s") % {"do": _what_to_do()})
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused(_wrong_encoding(content, error)) from None


def _wrong_encoding(content: bytes, error: UnicodeDecodeError) -> Refusal:
    line = content[: error.start].count(b"\n") + 1
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return Refusal(
            _("The file is not in UTF-8 (see line %(line)d of it). %(do)s")
            % {"line": line, "do": _what_to_do()}
        )
    start = content.rfind(b"\n", 0, error.start) + 1
    seen = content[max(start, error.start - 20) : error.start + 15].decode("cp1252", "replace")
    return Refusal(
        _(
            "The file is not in UTF-8 but probably in Windows-1252, which Excel calls “CSV”: see"
            " “%(seen)s” in line %(line)d of it. %(do)s"
        )
        % {"seen": " ".join(seen.split()), "line": line, "do": _what_to_do()}
    )


def _what_to_do() -> str:
    return _("Save the sheet as “CSV UTF-8”, or as XLSX.")


def _first(text: str, separator: str) -> set[str]:
    try:
        return {name.strip() for name in next(_cells(text, separator), [])}
    except csv.Error:
        return set()


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """The rows, without the apostrophes that were put before harmful cells."""
    rows = _cells(text, separator)
    yield next(rows, [])
    for number in count(2):
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            sentence = _("The quotation marks of this row cannot be right, or one is missing.")
            raise SheetRefused(Refusal(sentence, number)) from None
        if any("\0" in cell for cell in row):
            raise SheetRefused(Refusal(_("There is a sign here that is no text."), number))
        yield [as_written(cell) for cell in row]


def _cells(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


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
