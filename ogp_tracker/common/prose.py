"""Published words as HTML: Markdown without raw HTML, with marks that lead to their footnotes."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import nh3
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from ogp_tracker.common.bounds import NARRATIVE

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"}
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
# Published texts do not mean these; what looks like them stays as it is.
_NOT_MEANT = ["backticks", "code", "fence", "heading", "hr", "image", "lheading", "reference"]
_MARK = re.compile(r"\[(\d{1,3})\]")
# A mark in a link or in a tag is not one: the pieces at odd places of a split stay as they are.
_LINK_OR_TAG = re.compile(r"(<a [^>]*>.*?</a>|<[^>]*>)", re.DOTALL)
# It begins where the white space does, and not again at each space of a long one.
_MARK_BEHIND_SPACE = re.compile(r"(?<!\s)\s*\[\d{1,3}\]")
_NOTE = re.compile(r"^\[(?P<number>\d{1,3})\]\s*(?P<words>.+)$")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable(_NOT_MEANT)


def to_html(text: str) -> SafeString:
    """Markdown `text` as HTML that holds paragraphs, lists, emphasis and links only."""
    return _to_html_once(text) if len(text) <= NARRATIVE else _to_html(text)


def _to_html(text: str) -> SafeString:
    html = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


_to_html_once = lru_cache(maxsize=512)(_to_html)
"""Published texts hardly ever change, and a page shows some twice; at most some 20 MB."""


def without_marks(text: str) -> SafeString:
    """`text` as HTML without footnote marks, for a place that has no footnotes."""
    return to_html(_MARK_BEHIND_SPACE.sub("", text))


@dataclass(frozen=True)
class Footnote:
    number: str
    words: SafeString | str
    anchor: str
    mark_anchor: str
    """The id of the first mark that leads here, or "" if the text has none."""
    is_missing: bool = False


@dataclass(frozen=True)
class Annotated:
    html: SafeString
    footnotes: list[Footnote]


def annotate(text: str, footnotes: str, prefix: str, *, only_marked: bool = False) -> Annotated:
    """`text` as HTML with all its footnotes, or with those that it marks if `only_marked`.

    `footnotes` has one note a line, each beginning with its [number]. `prefix` makes the ids
    unique on a page. A mark without a note gets one that says so.
    """
    given = _notes_by_number(footnotes)
    marked: list[str] = []

    def link(match: re.Match[str]) -> str:
        number = match[1]
        first = number not in marked
        if first:
            marked.append(number)
        return format_html(
            '<sup><a href="#{}"{} aria-label="{}">[{}]</a></sup>',
            f"{prefix}-note-{number}",
            format_html(' id="{}-mark-{}"', prefix, number) if first else "",
            _("Footnote [%(number)s]") % {"number": number},
            number,
        )

    parts = _LINK_OR_TAG.split(to_html(text))
    parts[::2] = [_MARK.sub(link, part) for part in parts[::2]]
    notes = [_footnote(prefix, number, given) for number in marked]
    if not only_marked:
        unmarked = [number for number in given if number not in marked]
        notes += [_footnote(prefix, number, given, is_marked=False) for number in unmarked]
    return Annotated(mark_safe("".join(parts)), notes)  # noqa: S308 - built from clean parts


def _notes_by_number(footnotes: str) -> dict[str, str]:
    """The notes by number; a line without a new number continues the note before it."""
    notes: dict[str, str] = {}
    number = ""
    for line in footnotes.splitlines():
        match = _NOTE.match(line.strip())
        number = match["number"] if match else number
        words = match["words"] if match else line.strip()
        if number and words:
            notes[number] = f"{notes[number]} {words}" if number in notes else words
    return notes


def _footnote(
    prefix: str, number: str, given: dict[str, str], *, is_marked: bool = True
) -> Footnote:
    missing = number not in given
    words = _("This footnote is not in this site’s copy of the page.")
    return Footnote(
        number=number,
        words=words if missing else mark_safe(urlize(given[number], autoescape=True)),  # noqa: S308
        anchor=f"{prefix}-note-{number}",
        mark_anchor=f"{prefix}-mark-{number}" if is_marked else "",
        is_missing=missing,
    )
