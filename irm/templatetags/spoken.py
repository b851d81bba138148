"""Template tags for who has spoken: one square for each commitment."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from commitments.models import Commitment, Nation
from irm.spoken import (
    OUR_READING,
    SENTENCES,
    Spoken,
    SpokenCounts,
    spoken_counts,
)
from irm.squares import Squares

register = template.Library()

_FRAME = '<rect x="1.5" y="1.5" width="13" height="13" fill="none" stroke="currentColor"/>'
_GOVERNMENT = '<path class="by-government" d="M1.5 1.5H8v13H1.5z"/>'
_ASSESSOR = '<path class="by-assessor" d="M8 1.5h6.5v13H8z"/>'
_READ = (
    '<path d="M1.5 5 5 1.5M1.5 9 8 2.5M1.5 13 8 6.5M4 14.5 8 10.5M-1 1h-2.6v14H-1M17 1h2.6v14H17"'
    ' fill="none" stroke="currentColor" stroke-width="1.3"/>'
)

SHAPES: dict[Spoken, str] = {
    Spoken.BOTH: _GOVERNMENT + _ASSESSOR + _FRAME,
    Spoken.GOVERNMENT: _GOVERNMENT + _FRAME,
    Spoken.ASSESSOR: _ASSESSOR + _FRAME,
    Spoken.ASSESSOR_AND_READ: _ASSESSOR + _FRAME + _READ,
    Spoken.READ: _FRAME + _READ,
    Spoken.NOBODY: _FRAME,
}
"""The left half is filled where government has spoken, the right half where the assessor has."""

SQUARE, GAP, COLUMNS = 8, 2, 10
MOST_SQUARES = 60


@register.simple_tag
def spoken_shapes() -> SafeString:
    """Once on a page that has squares, before the first of them."""
    drawn = format_html_join(
        "",
        '<symbol viewBox="{}" id="spoken-{}">{}</symbol>',
        (
            # With brackets beside the square it is half as wide again.
            ("-4 0 24 16" if kind in OUR_READING else "0 0 16 16", kind.value, mark_safe(shape))  # noqa: S308 - constants of this file
            for kind, shape in SHAPES.items()
        ),
    )
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
    return list(_rows(counts))


def _rows(counts: SpokenCounts) -> Iterator[SpokenRow]:
    return (SpokenRow(kind, counts[kind]) for kind in Spoken if counts[kind])


@register.simple_tag
def spoken_in(nation: Nation) -> SpokenCounts:
    """Who has spoken about the commitments of a nation, for its page. One query."""
    return spoken_counts(Commitment.objects.public().filter(nations=nation))[()]
