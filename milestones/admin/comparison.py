"""What an update changes: beside each published update that it replaces, word by word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commitments.models import Nation
from milestones.models import Evidence, ProgressUpdate
from milestones.outlook import level_in, schedule_in
from ogp_tracker.common.differences import (
    TextRun,
    WordChange,
    differences,
    is_changed,
    marked,
    new_side,
    old_side,
    to_html,
)

from .evidence import address_of_file


@dataclass(frozen=True)
class ComparedValue:
    label: str
    before: SafeString
    after: SafeString
    is_changed: bool


@dataclass(frozen=True)
class UpdateComparison:
    """An update beside a published one; without one there is nothing to compare with."""

    earlier: ProgressUpdate | None
    nations: Sequence[Nation]
    """The nations for which the earlier update is the one that readers see now."""
    is_corrected: bool
    """Whether the earlier update is the one that is to be corrected."""
    parts: Sequence[ComparedValue]

    @property
    def changed(self) -> list[str]:
        return [part.label for part in self.parts if part.is_changed]


def comparisons(
    update: ProgressUpdate, current: dict[int, ProgressUpdate]
) -> list[UpdateComparison]:
    """`current` is the published update that each nation shows. All come with their evidence."""
    found: dict[ProgressUpdate | None, list[Nation]] = {}
    for nation in update.nations.all():
        found.setdefault(current.get(nation.pk), []).append(nation)
    if update.corrects:
        found.setdefault(update.corrects, [])
    return [
        UpdateComparison(
            earlier=earlier,
            nations=nations,
            is_corrected=earlier is not None and earlier == update.corrects,
            parts=list(_parts(update, earlier)),
        )
        for earlier, nations in found.items()
    ]


def _parts(update: ProgressUpdate, earlier: ProgressUpdate | None) -> Iterator[ComparedValue]:
    """The first update is compared with itself, so that nothing is marked."""
    before = earlier or update
    yield _value(_("Level"), level_in(before), level_in(update))
    yield _value(_("Schedule"), schedule_in(before), schedule_in(update))
    yield _value(_("As of"), _date(before), _date(update))
    yield _value(_("Who reports"), _author(before), _author(update))
    for label, old, new in (
        (_("What was done"), before.narrative, update.narrative),
        (_("What stands in the way"), before.obstacles, update.obstacles),
    ):
        if old or new:
            yield _text(label, old, new) if earlier else _value(label, new, new)
    yield _evidence(update, before)


def _value(label: str, before: str, after: str) -> ComparedValue:
    if before == after:
        return ComparedValue(label, _plain(before), _plain(after), is_changed=False)
    runs = [TextRun(WordChange.REMOVED, before), TextRun(WordChange.ADDED, after)]
    return _compared(label, [run for run in runs if run.text])


def _text(label: str, before: str, after: str) -> ComparedValue:
    """Compare a text word by word; how a line was ended does not count."""
    runs = differences(before.replace("\r\n", "\n"), after.replace("\r\n", "\n"))
    return _compared(label, runs)


def _compared(label: str, runs: list[TextRun]) -> ComparedValue:
    return ComparedValue(label, to_html(old_side(runs)), to_html(new_side(runs)), is_changed(runs))


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def _date(update: ProgressUpdate) -> str:
    return update.as_of_in_words if update.as_of else ""


def _author(update: ProgressUpdate) -> str:
    source = ", ".join(filter(None, (update.source_title, update.source_locator)))
    return "; ".join(filter(None, (str(update.institution or ""), source)))


def _evidence(update: ProgressUpdate, earlier: ProgressUpdate) -> ComparedValue:
    before, after = list(earlier.evidence.all()), list(update.evidence.all())
    kept = {_content(piece) for piece in before} & {_content(piece) for piece in after}
    return ComparedValue(
        _("Evidence"),
        _listed(before, WordChange.REMOVED, kept),
        _listed(after, WordChange.ADDED, kept),
        is_changed=any(_content(piece) not in kept for piece in [*before, *after]),
    )


def _content(piece: Evidence) -> tuple[str, ...]:
    return (piece.title, piece.url, piece.sha256, piece.locator, piece.archived_url)


def _listed(
    pieces: Iterable[Evidence], change: WordChange, kept: set[tuple[str, ...]]
) -> SafeString:
    rows = [
        [_linked(piece) if _content(piece) in kept else marked(change, _linked(piece))]
        for piece in pieces
    ]
    if not rows:
        return mark_safe("")
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows))


def _linked(piece: Evidence) -> SafeString:
    address = piece.url or (address_of_file(piece) if piece.stored else "")
    name = format_html('<a href="{}">{}</a>', address, piece.title) if address else piece.title
    place = [piece.locator, piece.file_name if piece.stored else "", piece.url]
    beside = ", ".join(filter(None, place))
    return format_html("{} ({})", name, beside) if beside else format_html("{}", name)
