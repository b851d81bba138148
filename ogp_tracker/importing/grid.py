"""What a file holds, cell by cell, before anybody knows what its columns mean."""

import re
from dataclasses import dataclass, field
from unicodedata import category

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

from .sheet import Refusal

MOST_NAMED = 5
"""So many rows, columns or cells a sentence lists before it only counts them."""

# Everything that a text of a cell can need to be looked at for; most texts have none of it.
UNUSUAL = re.compile(
    "[\\0-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u200b\u2028\u2029\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
    "|_x[0-9A-Fa-f]{4}_"
)
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
RETURN_BEFORE_A_BREAK = re.compile("_x000[Dd]_(?=\r?\n|_x000[Aa]_)")
LINE_BREAKS = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), "\n")
SPACES = dict.fromkeys(map(ord, "\xa0\u200b\u2060\ufeff"), " ")
ENDS = re.compile(r"\A[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+\Z")
NO_TEXT = re.compile("[\\0-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class GridLine:
    number: int
    """As a spreadsheet counts, from 1; empty rows are left out."""
    cells: list[str]
    rounded: frozenset[int] = frozenset()
    """Places of numbers with decimals that are shown in no fixed format: 1.1 may have been 1.10."""


@dataclass
class Grid:
    name: str
    """Of the sheet; of a CSV file its own without the ending."""
    rows: list[GridLine]
    notes: list[str] = field(default_factory=list)
    """Sentences on how it was read."""
    refusals: list[Refusal] = field(default_factory=list)
    """What would have to be refused if this is a sheet that is wanted; columns by their letters.

    A cover page may have formulas, since nobody reads it.
    """


def listed(parts: list[str]) -> str:
    """“2, 3 and 4”, or “2, 3, 4, 5, 6 and 12 more”."""
    if len(parts) > MOST_NAMED + 1:
        more = _("%(number)s more") % {"number": intcomma(len(parts) - MOST_NAMED)}
        parts = [*parts[:MOST_NAMED], more]
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def rows_named(numbers: list[int]) -> str:
    words = ngettext("row %(rows)s", "rows %(rows)s", len(numbers))
    return words % {"rows": listed([str(number) for number in numbers])}


class TextCleaner:
    """The texts of one sheet as they were meant, and where they had to be changed for that.

    Programs that make workbooks write a control character as `_x000D_`, which ECMA-376 (22.9.2.19)
    asks for and openpyxl hands through. Some let it pass into CSV. There a text may say `_x0041_`
    and mean it, so in CSV only control characters are taken for escaped.
    """

    def __init__(self, grid: Grid, *, has_escapes: bool) -> None:
        self.grid = grid
        self.has_escapes = has_escapes
        self.first_return = self.first_lost = ""
        self.cell = ""

    def cleaned(self, text: str, row: int, place: int) -> str:
        if not UNUSUAL.search(text):
            return text
        letter = get_column_letter(place + 1)
        self.cell = f"{letter}{row}"
        if "_x" in text:
            text = ESCAPE.sub(self._meant, RETURN_BEFORE_A_BREAK.sub(self._dropped, text))
        text = text.translate(LINE_BREAKS)
        text = ENDS.sub(lambda ends: ends[0].translate(SPACES), text)
        if sign := NO_TEXT.search(text):
            words = _(
                "There is a control character (U+%(code)04X) after “%(before)s”, which is not text."
                " Delete it, or type this passage again."
            )
            before = text[max(0, sign.start() - 20) : sign.start()]
            words %= {"code": ord(sign[0]), "before": " ".join(before.split())}
            self.grid.refusals.append(Refusal(words, self.grid.name, row, letter))
        return text

    def _dropped(self, _escape: re.Match[str]) -> str:
        self.first_return = self.first_return or self.cell
        return ""

    def _meant(self, escape: re.Match[str]) -> str:
        sign = chr(int(escape[1], 16))
        if sign == "\r":
            self.first_return = self.first_return or self.cell
            return "\n"
        if sign in "\t\n" or ord(sign) in LINE_BREAKS:
            return sign
        if category(sign) == "Cc" or sign in "\ufffe\uffff":
            self.first_lost = self.first_lost or self.cell
            return ""
        return sign if self.has_escapes and category(sign) != "Cs" else escape[0]

    def notes(self) -> list[str]:
        found = []
        if self.first_return and not self.has_escapes:
            words = _(
                "“_x000D_”, which another program left in the texts, is read as the line break that"
                " it was (first in cell %(cell)s)."
            )
            found.append(words % {"cell": self.first_return})
        if self.first_lost:
            words = _("Control characters are left out of the texts (first in cell %(cell)s).")
            found.append(words % {"cell": self.first_lost})
        return found
