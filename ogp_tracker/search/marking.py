"""The words of a query marked in texts, as HTML in which nothing else is a tag.

A small index in memory finds the words again, in the same forms as the large one does. So the
texts can come from the rows that readers see, on either database.
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

PASSAGE = 40
"""Words of a text that are shown around those that were found; FTS5 takes 64 at most."""

LONGEST_WORD = 60
"""Letters after which a word is cut off, so that none fills the page."""

MAKE = (
    "CREATE VIRTUAL TABLE texts USING fts5"
    "(heading, body, tokenize = 'porter unicode61 remove_diacritics 2')"
)
FIND = (
    f"SELECT rowid, highlight(texts, 0, '{BEGIN}', '{END}'),"
    f" snippet(texts, 1, '{BEGIN}', '{END}', '…', {PASSAGE})"
    " FROM texts WHERE texts MATCH ?"
)

_SIGNS = re.compile(f"[{BEGIN}{END}\0]")
_LINK = re.compile(r"\[([^\][]*)\]\([^)\s]*\)")
_FOOTNOTE = re.compile(r"\s*\[\d{1,3}\]")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\w)|(?<=[\w.,;:!?)])[*_]{1,3}(?!\w)")
_TOO_LONG = re.compile(rf"(\S{{{LONGEST_WORD}}})\S+")
_MARKED = re.compile(f"{BEGIN}([^{END}]*){END}")


@dataclass(frozen=True)
class Marked:
    """A heading and a passage of the text below it, with the words that were found marked."""

    heading: SafeString
    passage: SafeString


def mark(query: Query, texts: Iterable[tuple[str, str]]) -> list[Marked]:
    """Return each heading and text with what the query wants marked, and the best passage.

    A text that holds nothing of it is shown from its beginning.
    """
    rows = [(place, _bare(heading), _bare(body)) for place, (heading, body) in enumerate(texts)]
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(MAKE)
        memory.executemany("INSERT INTO texts (rowid, heading, body) VALUES (?, ?, ?)", rows)
        found = {place: rest for place, *rest in memory.execute(FIND, (any_of_fts5(query),))}
    return [
        Marked(*map(_to_html, found.get(place) or (heading, _beginning(body))))
        for place, heading, body in rows
    ]


def _bare(text: str) -> str:
    """Return the text without our own signs, what is only Markdown, and the ends of long words."""
    text = _FOOTNOTE.sub("", _LINK.sub(r"\1", _SIGNS.sub("", text)))
    return _TOO_LONG.sub(r"\1…", _EMPHASIS.sub("", text))


def _beginning(text: str) -> str:
    words = text.split(maxsplit=PASSAGE)
    return " ".join(words[:PASSAGE]) + (" …" if len(words) > PASSAGE else "")


def _to_html(text: str) -> SafeString:
    """Return the text as HTML, with its marks as tags."""
    pieces = _MARKED.split(text)
    parts = [
        format_html("<mark>{}</mark>", piece) if place % 2 else piece
        for place, piece in enumerate(pieces)
    ]
    return format_html_join("", "{}", ((part,) for part in parts))
