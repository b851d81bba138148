"""What changed from one text to another, word by word; Markdown counts as the text it is.

The same two texts always give the same result, in a time that grows with their length and not
with its square: docs/decisions/0010-word-differences.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.common.alignment import matches

_FOLDS_FROM = 600
"""From this many characters on, an unchanged passage is folded up."""

_CONTEXT = 160
"""So many characters of it stay open beside a change."""


class WordChange(Enum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class TextRun:
    change: WordChange
    text: str


def differences(old: str, new: str) -> list[TextRun]:
    """The runs from `old` to `new`, in order; what was removed comes before what was added.

    Kept and removed runs together are the old text, kept and added runs the new one, to the last
    character. Between two kept runs there is a change, and a kept run between two changes has a
    word in it.
    """
    return _joined(_by_line(old, new))


def is_changed(runs: Iterable[TextRun]) -> bool:
    return any(run.change is not WordChange.KEPT for run in runs)


def old_side(runs: Iterable[TextRun]) -> list[TextRun]:
    return [run for run in runs if run.change is not WordChange.ADDED]


def new_side(runs: Iterable[TextRun]) -> list[TextRun]:
    return [run for run in runs if run.change is not WordChange.REMOVED]


def to_html(runs: Sequence[TextRun]) -> SafeString:
    """The runs as HTML, with the changes marked for sight and for screen readers.

    It goes into an element that keeps white space. A long unchanged passage is folded up except for
    the words next to a change.
    """
    last = len(runs) - 1
    return format_html_join(
        "",
        "{}",
        (
            [
                _kept_html(run.text, after_change=at > 0, before_change=at < last)
                if run.change is WordChange.KEPT
                else _changed_html(run)
            ]
            for at, run in enumerate(runs)
        ),
    )


def marked(change: WordChange, shown: SafeString | str, also_said: str = "") -> SafeString:
    is_removed = change is WordChange.REMOVED
    said = [_("removed:") if is_removed else _("added:"), also_said]
    return format_html(
        '<{0}><span class="visually-hidden">{1} </span>{2}'
        '<span class="visually-hidden"> {3} </span></{0}>',
        "del" if is_removed else "ins",
        " ".join(filter(None, said)),
        shown,
        _("(end)"),
    )


def _changed_html(run: TextRun) -> SafeString:
    if not run.text.isspace():
        return marked(run.change, run.text)
    return marked(
        run.change,
        format_html('<span aria-hidden="true">{}</span>', run.text.replace("\n", "¶\n")),
        _("line break") if "\n" in run.text else _("white space"),
    )


def _kept_html(text: str, *, after_change: bool, before_change: bool) -> SafeString:
    """An unchanged passage; its beginning stays open if no change is next to it."""
    if len(text) < _FOLDS_FROM:
        return format_html("{}", text)
    start = _word_end(text, _CONTEXT) if after_change or not before_change else 0
    stop = _word_end(text, len(text) - _CONTEXT) if before_change else len(text)
    count = len(text[start:stop].split())
    return format_html(
        "{}<details><summary>{}</summary>{}</details>{}",
        text[:start],
        ngettext("Show %(count)s unchanged word", "Show %(count)s unchanged words", count)
        % {"count": intcomma(count)},
        text[start:stop],
        text[stop:],
    )


def _word_end(text: str, near: int) -> int:
    """A place at or a little before `near` that cuts no word."""
    for at in range(near, max(near - 60, 0), -1):
        if text[at - 1].isspace():
            return at
    return near


def _by_line(old: str, new: str) -> Iterator[TextRun]:
    lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
    for is_kept, removed, added in _passages(*lines):
        if is_kept:
            yield TextRun(WordChange.KEPT, removed)
            continue
        for is_same, before, after in _passages(_words(removed), _words(added)):
            if is_same:
                yield TextRun(WordChange.KEPT, before)
            else:
                yield TextRun(WordChange.REMOVED, before)
                yield TextRun(WordChange.ADDED, after)


def _joined(runs: Iterable[TextRun]) -> list[TextRun]:
    """Join changes that only white space or punctuation separates, and drop empty ones."""
    joined: list[TextRun] = []
    removed = added = between = ""

    def close() -> None:
        nonlocal removed, added
        joined.extend(
            run
            for run in (TextRun(WordChange.REMOVED, removed), TextRun(WordChange.ADDED, added))
            if run.text
        )
        removed = added = ""

    for run in runs:
        if run.change is WordChange.KEPT:
            between += run.text
            continue
        if not run.text:
            continue
        if between and (not (removed or added) or any(map(str.isalnum, between))):
            close()
            joined.append(TextRun(WordChange.KEPT, between))
        elif between:
            removed, added = removed + between, added + between
        between = ""
        if run.change is WordChange.REMOVED:
            removed += run.text
        else:
            added += run.text
    close()
    if between:
        joined.append(TextRun(WordChange.KEPT, between))
    return joined


def _passages(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """The passages of two sequences in order: whether it is the same, and both its texts."""
    at_old = at_new = 0
    for old_from, new_from, length in [*matches(old, new), (len(old), len(new), 0)]:
        if at_old < old_from or at_new < new_from:
            yield False, "".join(old[at_old:old_from]), "".join(new[at_new:new_from])
        at_old, at_new = old_from + length, new_from + length
        if length:
            same = "".join(old[old_from:at_old])
            yield True, same, same


@cache
def _parts() -> re.Pattern[str]:
    """The pattern of a word with its accents, of white space, and of any other character.

    Letters with combining marks stay together, and so do the halves of “don’t”, “co-operation”,
    “3.5” and “gov.uk”.
    """
    marks = "".join(
        re.escape(chr(code))
        for code in range(0x300, 0xFE30)
        if unicodedata.category(chr(code)).startswith("M")
    )
    word = rf"\w[\w{marks}]*"
    return re.compile(rf"{word}(?:['’.,-]{word})*|\s+|.[{marks}]*", re.DOTALL)


def _words(text: str) -> list[str]:
    return _parts().findall(text)
