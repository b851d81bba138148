"""Template tags for who has spoken: one square for each commitment."""

from dataclasses import dataclass
from math import ceil

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from irm.spoken import (
    OUR_READING,
    SENTENCES,
    Spoken,
    SpokenCounts,
)
from irm.squares import Squares

register = template.Library()

SQUARE, GAP, COLUMNS = 8, 2, 10
MOST_SQUARES = 60


@register.simple_tag
def spoken_shapes() -> SafeString:
    """Once on a page that has squares, before the first of them."""
    symbols = []
    for kind in Spoken:
        # Brackets beside the square need half as much room again.
        left, width = (-4, 24) if kind in OUR_READING else (0, 16)
        squares = Squares()
        squares.add(SpokenCounts([kind]), left + 1.5, 14.5, 13, 0, 1)
        symbols.append((kind.value, left, width, square_paths(squares)))
    symbol = '<symbol id="spoken-{}" viewBox="{} 0 {} 16">{}</symbol>'
    drawn = format_html_join("", symbol, symbols)
    return format_html('<svg class="sprite" aria-hidden="true" focusable="false">{}</svg>', drawn)


@register.simple_tag
def spoken_mark(kind: Spoken) -> SafeString:
    return format_html(
        '<svg class="shape{}" aria-hidden="true" focusable="false"><use href="#spoken-{}"/></svg>',
        " shape--read" if kind in OUR_READING else "",
        kind.value,
    )


@register.simple_tag
def spoken_squares(counts: SpokenCounts) -> SafeString | str:
    """A square for each commitment, ten in a row; nothing for more than can be taken in.

    For a place where their numbers are in words.
    """
    if not 0 < counts.total() <= MOST_SQUARES:
        return ""
    squares, rows = Squares(), ceil(counts.total() / COLUMNS)
    squares.add(counts, 1, SQUARE + 1, SQUARE, GAP, COLUMNS, downwards=True)
    return format_html(
        '<svg class="squares" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        COLUMNS * (SQUARE + GAP) + SQUARE,
        rows * (SQUARE + GAP),
        square_paths(squares),
    )


@register.filter
def square_paths(squares: Squares) -> SafeString:
    drawn = (
        ("by-government", squares.government),
        ("by-assessor", squares.assessor),
        ("frame", squares.frame + squares.ours),
    )
    return format_html_join("", '<path class="{}" d="{}"/>', (one for one in drawn if one[1]))


@dataclass(frozen=True)
class SpokenRow:
    kind: Spoken
    number: int

    @property
    def sentence(self) -> str:
        """What is true of them."""
        return str(SENTENCES[self.kind] % {"number": self.number})


@register.simple_tag
def spoken_rows(counts: SpokenCounts) -> list[SpokenRow]:
    """The kinds of which there are any, in their order."""
    return [SpokenRow(kind, counts[kind]) for kind in Spoken if counts[kind]]
