"""Words for a drawing: without what XML forbids, and in lines that fit.

All widths are measured with DejaVu Sans, which is kept beside this file: the preview is drawn with
it, and the card, whose reader's font the server cannot know, gets lines that also fit in Arial,
Helvetica and other narrower fonts.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from PIL import ImageFont

from ogp_tracker.common.lines import one_line

FONTS = Path(__file__).parent / "fonts"
MEASURED = 100
"""Size in pixels at which letters are measured."""
ELLIPSIS = "…"

# They turn the direction of what follows: in a line that is cut they would never be closed.
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def clean(words: str) -> str:
    return one_line(_TURNS.sub("", words))


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """`size` is in pixels."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


def is_in_font(letter: str) -> bool:
    """The fonts are cut down to the letters of Europe and their accents."""
    return ord(letter) < 0x530 or 0x1E00 <= ord(letter) < 0x20C0


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    return sum(_width(letter, bold) for letter in words) * size


def lines_of(words: str, size: float, width: float, *, most: int, bold: bool = False) -> list[str]:
    """At most `most` lines of this width; what does not fit is replaced by “…”."""
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
    """How many letters fit, at least one; a letter stays with its accents."""
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
def _width(letter: str, bold: bool) -> float:
    """As a part of the size; a letter that the font lacks is as wide as the widest scripts."""
    return font(MEASURED, bold=bold).getlength(letter) / MEASURED if is_in_font(letter) else 1.0
