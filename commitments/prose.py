"""Published words as HTML: Markdown without raw HTML, and footnote marks that lead to their note."""

import re
from dataclasses import dataclass
from functools import cache

import nh3
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"}
_MARK = re.compile(r"\[(\d{1,3})\]")
_NOTE = re.compile(r"^\[(?P<number>\d{1,3})\]\s*(?P<words>.+)$")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def to_html(text: str) -> SafeString:
    """Return Markdown `text` as HTML that holds paragraphs, lists, emphasis and links only."""
    html = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


def without_marks(text: str) -> SafeString:
    """Return `text` as HTML without footnote marks, for a place that has no footnotes."""
    return to_html(re.sub(r"\s*\[\d{1,3}\]", "", text))


@dataclass(frozen=True)
class Footnote:
    """A footnote as a page shows it."""

    number: str
    words: SafeString | str
    anchor: str
    mark_anchor: str
    is_missing: bool = False


@dataclass(frozen=True)
class Annotated:
    """A text whose footnote marks lead to its footnotes."""

    html: SafeString
    footnotes: list[Footnote]


def annotate(
    text: str, footnotes: str, prefix: str, *, only_marked: bool = False
) -> Annotated:
    """Return `text` as HTML with its footnotes, or with those that it marks if `only_marked`.

    `footnotes` has one note a line, each beginning with its [number]. `prefix` makes the ids
    unique on a page. A mark without a note gets one that says so.
    """
    given = {
        match["number"]: match["words"]
        for line in footnotes.splitlines()
        if (match := _NOTE.match(line.strip()))
    }
    marked: list[str] = []

    def link(match: re.Match[str]) -> str:
        number = match[1]
        first = number not in marked
        if first:
            marked.append(number)
        return format_html(
            '<sup><a href="#{}"{} aria-label="{}">[{}]</a></sup>',
            _note_anchor(prefix, number),
            format_html(' id="{}"', _mark_anchor(prefix, number)) if first else "",
            _("Footnote [%(number)s]") % {"number": number},
            number,
        )

    html = mark_safe(_MARK.sub(link, to_html(text)))  # noqa: S308 - built from clean parts
    unmarked = [] if only_marked else [number for number in given if number not in marked]
    return Annotated(html, [_footnote(prefix, number, given) for number in [*marked, *unmarked]])


def _footnote(prefix: str, number: str, given: dict[str, str]) -> Footnote:
    missing = number not in given
    words = _("This footnote is not in the source that this tracker has.")
    return Footnote(
        number=number,
        words=words if missing else mark_safe(urlize(given[number], autoescape=True)),  # noqa: S308
        anchor=_note_anchor(prefix, number),
        mark_anchor=_mark_anchor(prefix, number),
        is_missing=missing,
    )


def _note_anchor(prefix: str, number: str) -> str:
    return f"{prefix}-note-{number}"


def _mark_anchor(prefix: str, number: str) -> str:
    return f"{prefix}-mark-{number}"
