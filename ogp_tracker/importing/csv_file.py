"""CSV files as the spreadsheets of any country save them."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count, islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_tracker.opendata.as_csv import as_written
from ogp_tracker.opendata.tables import TABLES

from .grid import Grid, GridLine, TextCleaner
from .heads import HEAD_ROWS, folded
from .sheet import MOST_ROWS, Refusal, SheetRefused, too_many_rows

SEPARATORS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
}
# What Excel writes and reads as a first line, and does not count as a row.
SEPARATOR_LINE = re.compile(r"\Asep=([,;\t])\r?\n", re.IGNORECASE)
END_OF_WORD = re.compile(r"[\s,;\"]")

# A cell may hold a whole chapter; the size of the file is the limit.
csv.field_size_limit(64 * 1024**2)


def read_csv(content: bytes, name: str) -> Grid:
    """`name`: of the file, without its ending. Raises SheetRefused."""
    grid = Grid(name, [])
    text = _decoded(content, grid)
    if line := SEPARATOR_LINE.match(text):
        separator, text = line[1], text[line.end() :]
    else:
        known = {folded(one) for table in TABLES for one in table.names}
        separator = max(SEPARATORS, key=lambda one: _fit(text, one, known))
    if separator != ",":
        words = _("Its cells are separated by %(separator)s.")
        grid.notes.append(words % {"separator": SEPARATORS[separator]})
    cleaner = TextCleaner(grid, has_escapes=False)
    rows = _rows(text, separator)
    for number in count(1):
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error:
            words = _("The quotation marks of this row cannot be right, or one is missing.")
            raise SheetRefused(*grid.refusals, Refusal(words, name, number)) from None
        if not any(map(str.strip, cells)):
            continue
        if len(grid.rows) > MOST_ROWS + HEAD_ROWS:
            grid.refusals.append(too_many_rows(name, number))
            break
        texts = [
            cleaner.cleaned(as_written(cell), number, place) for place, cell in enumerate(cells)
        ]
        grid.rows.append(GridLine(number, texts))
    grid.notes += cleaner.notes()
    return grid


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _fit(text: str, separator: str, known: set[str]) -> tuple[int, int]:
    """How many columns are known in its best row, and how many cells the rows agree on."""
    try:
        rows = [row for row in islice(_rows(text, separator), HEAD_ROWS) if any(row)]
    except csv.Error:
        return 0, 0
    names = max((len({folded(cell) for cell in row} & known) for row in rows), default=0)
    width, how_often = max(Counter(map(len, rows)).items(), key=lambda one: one[1], default=(0, 0))
    # One word that happens to be a name says nothing.
    return names if names > 1 else 0, (width - 1) * how_often


def _decoded(content: bytes, grid: Grid) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1252. Raises SheetRefused if it is none of these."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "surrogatepass")
    if content[:1000].count(0) > len(content[:1000]) // 4:
        words = _("The file is in UTF-16 (“Unicode text”), but does not say so. %(do)s")
        raise SheetRefused(Refusal(words % {"do": _what_to_do()}, grid.name))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error
    line = content[: wrong.start].count(b"\n") + 1
    lenient = content.decode("utf-8-sig", "replace")
    bad = lenient.count("\ufffd")
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    # Two texts in two encodings were put together if most of the letters are right as UTF-8.
    if not text or sum(sign > "\x7f" for sign in lenient) > 2 * bad:
        words = _("The file is not in UTF-8 (see line %(line)d of it). %(do)s")
        raise SheetRefused(Refusal(words % {"line": line, "do": _what_to_do()}, grid.name))
    before = END_OF_WORD.split(text[max(0, wrong.start - 30) : wrong.start])[-1]
    seen = before + END_OF_WORD.split(text[wrong.start : wrong.start + 30])[0]
    words = _(
        "The file is not in UTF-8. It is read as Windows-1252, which Excel calls “CSV”: check that"
        " “%(seen)s” in line %(line)d of it is right. If not: %(do)s"
    )
    words %= {"seen": seen, "line": line, "do": _what_to_do()}
    grid.notes.append(words)
    return text


def _what_to_do() -> str:
    return _("Save the sheet as “CSV UTF-8”, or as XLSX.")
