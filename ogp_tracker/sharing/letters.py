"""Words for a drawing: without what a file of XML must not hold, and in lines that fit.

A drawing cannot know which font its reader has. Widths are those of Arial, which Helvetica and
Liberation Sans share, and a little more, so that a line also fits in wider ones (Verdana, DejaVu).
"""

import re
import unicodedata
from functools import cache

from ogp_tracker.common.lines import one_line

WIDER = 1.16
"""How much wider the widest of the usual fonts is than Arial."""
BOLD = 1.07
ELLIPSIS = "…"
OTHER, SQUARE = 0.67, 1.05
"""Width of a letter that no table has: of an alphabet, and of a script of square signs."""

_WIDTHS = {
    "ijl'": 0.222,
    " !,./:;I[\\]ft|’‘": 0.278,
    "()-r`{}": 0.334,
    '"*“”': 0.389,
    "ckszJvxyg^": 0.5,
    "0123456789#$?_L+<=>~abdehnopqu–£€": 0.584,
    "FTZ": 0.611,
    "ABEKPSVXY&": 0.667,
    "CDHNRUw": 0.722,
    "GOQ": 0.778,
    "mM%W—…@": 1.015,
}
_WIDTH_OF = {letter: width for letters, width in _WIDTHS.items() for letter in letters}

# They turn the direction of what follows: in a line that is cut they would never be closed.
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def clean(words: str) -> str:
    """Return the words as one line of a drawing."""
    return one_line(_TURNS.sub("", words))


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide the words are at most, in letters of this size."""
    return sum(map(_width, words)) * size * WIDER * (BOLD if bold else 1)


def lines_of(words: str, size: float, width: float, *, most: int, bold: bool = False) -> list[str]:
    """Return the words in at most so many lines of this width; what is left out leaves a “…”."""
    ahead, lines = words.split(" "), [""]
    while ahead:
        word = ahead.pop(0)
        longer = f"{lines[-1]} {word}".lstrip()
        if width_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        elif lines[-1]:
            if len(lines) == most:
                return [*lines[:-1], _cut(longer, size, width, bold)]
            ahead.insert(0, word)
            lines.append("")
        elif len(lines) == most:
            return [*lines[:-1], _cut(word, size, width, bold)]
        else:
            fits = _that_fit(word, size, width, bold)
            lines[-1] = word[:fits]
            lines.append("")
            ahead.insert(0, word[fits:])
    return [line for line in lines if line]


def _cut(words: str, size: float, width: float, bold: bool) -> str:
    room = width - width_of(ELLIPSIS, size, bold=bold)
    return words[: _that_fit(words, size, room, bold)].rstrip(" ,;:.–-") + ELLIPSIS


def _that_fit(words: str, size: float, width: float, bold: bool) -> int:
    """Return how many letters fit, at least one; no letter is parted from its accents."""
    fits, used = 0, 0.0
    for place, letter in enumerate(words):
        used += width_of(letter, size, bold=bold)
        if used > width:
            break
        fits = place + 1
    while 0 < fits < len(words) and unicodedata.combining(words[fits]):
        fits -= 1
    return max(fits, 1)


@cache
def _width(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _WIDTH_OF:
        return _WIDTH_OF[base]
    wide = unicodedata.east_asian_width(letter) in {"W", "F"} or ord(letter) > 0xFFFF
    return SQUARE if wide else OTHER
