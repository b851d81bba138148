"""The words of a query highlighted in texts, as HTML in which nothing else is a tag.

A small index in memory finds the words again, in the same forms as the large one does. So the texts
can come from the rows that readers see, on either database.
"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ogp_tracker.search.matching import any_of_fts5
from ogp_tracker.search.query import Query

BEGIN, END = "\x02", "\x03"

PASSAGE = 280
"""Letters of a text that are shown around what was found."""

BEFORE = 80
"""Letters of a passage before the first word that was found."""

PLACES_TRIED = 50
"""How many of the found words are tried as the beginning of a passage."""

LONGEST_WORD = 60
"""Letters after which a word is cut off, so that none fills the page."""

LOOKED_THROUGH = 50_000
"""Letters of a text in which words are marked; what is found behind them is shown without marks."""

MAKE = (
    "CREATE VIRTUAL TABLE texts USING fts5"
    "(head, body, tokenize = 'porter unicode61 remove_diacritics 2')"
)
FIND = (
    "SELECT rowid, highlight(texts, 0, :begin, :end), highlight(texts, 1, :begin, :end)"
    " FROM texts WHERE texts MATCH :wanted"
)

_SIGNS = re.compile(f"[{BEGIN}{END}\0]")
# Nothing in them looks at a letter more than so many times, whatever a text repeats.
_LINK = re.compile(r"\[([^\][]*)\]\([^)\s]{0,1000}\)")
_FOOTNOTE = re.compile(r"(?<!\s)\s*\[\d{1,3}\]")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\w)|(?<=[\w.,;:!?)])[*_]{1,3}(?!\w)")
_TOO_LONG = re.compile(rf"(\S{{{LONGEST_WORD}}})\S+")


@dataclass(frozen=True)
class HighlightedText:
    """A text, and the positions of the words that were found."""

    words: str
    places: list[tuple[int, int]]

    @classmethod
    def read(cls, marked: str) -> "HighlightedText":
        """The output of FTS5's `highlight`, with BEGIN and END around what was found."""
        words, length, places = [], 0, []
        for piece in marked.split(BEGIN):
            found, end, rest = piece.partition(END)
            if end:
                places.append((length, length + len(found)))
            words += [found, rest]
            length += len(found) + len(rest)
        return cls("".join(words), places)

    def passage(self) -> "HighlightedText":
        """The passage with the most different words that were found."""
        starts = (start for start, _end in self.places[:PLACES_TRIED])
        begin = max(starts, key=self._different_from, default=0)
        start = self.words.rfind(" ", 0, max(begin - BEFORE, 0)) + 1
        if (end := len(self.words)) > start + PASSAGE:
            end = max(self.words.rfind(" ", 0, start + PASSAGE), start)
        front = "… " if start else ""
        words = front + self.words[start:end] + (" …" if end < len(self.words) else "")
        shift = len(front) - start
        inside = [(b + shift, e + shift) for b, e in self.places if start <= b and e <= end]
        return HighlightedText(words, inside)

    def _different_from(self, start: int) -> int:
        end = start + PASSAGE - BEFORE
        near = (self.words[b:e] for b, e in self.places[:PLACES_TRIED] if start <= b and e <= end)
        return len({word.lower() for word in near})

    def to_html(self) -> SafeString:
        parts, at = [], 0
        for start, end in self.places:
            parts += [self.words[at:start], format_html("<mark>{}</mark>", self.words[start:end])]
            at = end
        return format_html_join("", "{}", ((part,) for part in [*parts, self.words[at:]]))


@dataclass(frozen=True)
class HighlightedHit:
    heading: SafeString
    passage: SafeString


def highlight(query: Query, texts: Iterable[tuple[str, str]]) -> list[HighlightedHit]:
    """With the best passage of each text; one without the words is shown from its beginning."""
    rows = [(place, _bare(heading), _bare(body)) for place, (heading, body) in enumerate(texts)]
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(MAKE)
        memory.executemany("INSERT INTO texts (rowid, head, body) VALUES (?, ?, ?)", rows)
        params = {"begin": BEGIN, "end": END, "wanted": any_of_fts5(query)}
        found = {place: rest for place, *rest in memory.execute(FIND, params)}
    marked = (found.get(place, (heading, body)) for place, heading, body in rows)
    return [
        HighlightedHit(
            HighlightedText.read(heading).to_html(), HighlightedText.read(body).passage().to_html()
        )
        for heading, body in marked
    ]


def _bare(text: str) -> str:
    """Its beginning without control characters, Markdown and the ends of very long words."""
    if len(text) > LOOKED_THROUGH:
        text = text[:LOOKED_THROUGH].rsplit(" ", 1)[0] + " …"
    text = _FOOTNOTE.sub("", _LINK.sub(r"\1", _SIGNS.sub("", text)))
    return _TOO_LONG.sub(r"\1…", _EMPHASIS.sub("", text))
