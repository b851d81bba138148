"""Template tags for levels, counts and the pieces of a page that show government's updates."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment
from milestones import presenters
from milestones.levels import (
    LEVEL_NOT_GIVEN,
    NOT_APPLICABLE,
    OUR_READING,
    OVERALL_SIGNS,
    READ_SIGNS,
    SCHEDULE_SIGNS,
    STATE_SIGNS,
    Cell,
    LevelBasis,
    LevelCounts,
    Overall,
    Provenance,
    RollUp,
    Sign,
    in_words,
    same_words,
    sign_of,
)
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from milestones.overdue_counts import Standing
from milestones.published_words import PUBLISHED_WORDS
from milestones.requirement import RequirementAnswer
from milestones.timeline import timeline
from ogp_tracker.common.texts import StrOrPromise

register = template.Library()
register.simple_tag(presenters.said_of_whole)
register.simple_tag(presenters.commitment_log)
register.simple_tag(presenters.log, name="milestone_log")
register.simple_tag(presenters.grid)
register.simple_tag(presenters.government_voice)
register.simple_tag(timeline)
register.filter(presenters.last_of_government)


@register.simple_tag
def level(said: Cell) -> SafeString:
    """What an update, or a nation's progress, says: a level or words, and the schedule."""
    drawn = sign(shown := sign_of(said))
    if shown is LEVEL_NOT_GIVEN:
        words = format_html('<span class="words">“{}”</span>', said.words_as_published)
        if said.schedule and same_words(said.words_as_published, SCHEDULE_SIGNS[said.schedule]):
            return _marked(SCHEDULE_SIGNS[said.schedule], words)
        drawn = _marked(LEVEL_NOT_GIVEN, words)
    if not said.schedule:
        return drawn
    return format_html("{} {}", drawn, sign(SCHEDULE_SIGNS[said.schedule]))


@register.simple_tag
def level_mark(said: Cell) -> SafeString:
    """Only the shape, for a narrow column with a key beside it; its words are read aloud."""
    shown = sign_of(said)
    return format_html(
        '<span class="level level--{}"><svg class="shape{}" aria-hidden="true">'
        '<use href="#shape-{}"/></svg><span class="visually-hidden{}">{}</span></span>',
        shown.css,
        " shape--read" if shown.is_read else "",
        shown.symbol,
        " ours" if shown.is_read else "",
        in_words(said),
    )


@register.simple_tag
def overall(together: RollUp) -> SafeString:
    if together.overall != Overall.PARTLY_REPORTED:
        return sign(together.sign)
    heard = _("%(heard)s of %(in_scope)s nations") % vars(together)
    return format_html('{}: <span class="small">{}</span>', sign(together.sign), heard)


@register.simple_tag
@cache
def sign(shown: Sign) -> SafeString:
    ours = format_html(' <span class="ours">{}</span>', OUR_READING.word) if shown.is_read else ""
    return _marked(shown, format_html("{}{}", shown.word, ours))


def _marked(shown: Sign, words: StrOrPromise) -> SafeString:
    """Shape, then word, then colour."""
    return format_html(
        '<span class="{0} {0}--{1}"><svg class="shape{2}" aria-hidden="true">'
        '<use href="#shape-{3}"/></svg>{4}</span>',
        "schedule" if shown in SCHEDULE_SIGNS.values() else "level",
        shown.css,
        " shape--read" if shown.is_read else "",
        shown.symbol,
        words,
    )


@register.simple_tag
def units(shown: Sign, number: int) -> SafeString:
    """One mark for each of many, in tens; the number and the words are beside them."""
    tens, ones = divmod(number, 10)
    given = {
        "css": shown.css,
        "read": " shape--read" if shown.is_read else "",
        "symbol": shown.symbol,
        "width": 267 if shown.is_read else 187,
    }
    ten = format_html(
        '<svg class="shape tens{read} level--{css}" viewBox="0 0 {width} 16">'
        '<use href="#tens-{symbol}"/></svg>',
        **given,
    )
    one = format_html(
        '<svg class="shape{read} level--{css}"><use href="#shape-{symbol}"/></svg>', **given
    )
    return mark_safe(ten * tens + one * ones)  # noqa: S308 - built from clean parts


@register.simple_tag
def tens(rows: Iterable[Standing]) -> SafeString:
    """Ten marks of each sign of which there are so many, to be used by reference in `units`."""
    many = {shown for row in rows for shown, number in row.marks if number >= 10}
    return format_html_join(
        "",
        '<symbol id="tens-{}">{}</symbol>',
        ((shown.symbol, _ten_marks(shown)) for shown in sorted(many, key=lambda one: one.symbol)),
    )


def _ten_marks(shown: Sign) -> SafeString:
    width = 24 if shown.is_read else 16
    return format_html_join(
        "",
        '<use href="#shape-{}" x="{}" width="{}" height="16"/>',
        ((shown.symbol, place * (width + 3), width) for place in range(10)),
    )


ANSWERS = {
    RequirementAnswer.MET: '<path d="m3.5 8.4 3 3 6-6.6"/>',
    RequirementAnswer.NOT_MET: '<path d="m4.5 4.5 7 7m0-7-7 7"/>',
    RequirementAnswer.CANNOT_BE_TOLD: '<path d="M4 8h8" stroke-dasharray="2 1"/>',
    RequirementAnswer.DOES_NOT_ARISE: "",
}
"""Inside a square: a tick, a cross, a broken line or nothing say the answer without colour."""


@register.simple_tag
def answer(given: RequirementAnswer) -> SafeString:
    return format_html(
        '<span class="answer answer--{css}"><svg class="shape" viewBox="0 0 16 16"'
        ' aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6">'
        '<rect x="0.8" y="0.8" width="14.4" height="14.4"/>{shape}</svg>{word}</span>',
        css=given.value.replace("_", "-"),
        shape=mark_safe(ANSWERS[given]),  # noqa: S308 - a constant of this file
        word=given.label,
    )


@register.simple_tag
def not_applicable() -> SafeString:
    return sign(NOT_APPLICABLE)


@register.simple_tag
def amended(shown: Milestone | Commitment) -> SafeString | str:
    """The mark of what is withdrawn, on hold or merged; nothing for what goes on."""
    state = shown.state if isinstance(shown, Milestone) else shown.amendment_state
    return sign(STATE_SIGNS[state]) if state else ""


@register.simple_tag
def amendments_of(commitment: Commitment) -> list[Amendment]:
    """Those of the commitment as a whole; reads what `for_page` has prefetched."""
    return [row for row in commitment.amendments.all() if row.milestone_id is None]


@register.simple_tag
def taken_over_by(commitment: Any) -> Iterable[Amendment]:
    """The amendments that merged others into it, asked for only if `for_page` saw any."""
    if not commitment.takes_over:
        return ()
    return Amendment.objects.public().of_something().filter(merged_into_commitments=commitment)


@register.simple_tag
@cache
def shapes() -> SafeString:
    """The shapes of all signs, drawn once a page and used by reference."""
    drawn = [
        format_html(
            '<symbol id="shape-{}" viewBox="{}">{}</symbol>',
            shown.symbol,
            "-4 0 24 16" if shown.is_read else "0 0 16 16",
            mark_safe(shown.shape),  # noqa: S308 - a constant of milestones.levels
        )
        for shown in (*signs(), *READ_SIGNS.values(), *STATE_SIGNS.values())
    ]
    return format_html(
        '<svg class="sprite" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe("".join(drawn)),  # noqa: S308 - built from clean parts
    )


@register.simple_tag
def signs() -> list[Sign]:
    of_levels = reversed(OVERALL_SIGNS.values())
    return [*of_levels, NOT_APPLICABLE, OUR_READING, *SCHEDULE_SIGNS.values()]


@register.simple_tag
def published_words() -> list[tuple[str, Sign | None]]:
    """The published table: words of documents, each with what they give, if anything."""
    given = {**OVERALL_SIGNS, **SCHEDULE_SIGNS}
    return [
        (words, given.get(said.level or said.schedule)) for words, said in PUBLISHED_WORDS.items()
    ]


@register.inclusion_tag("milestones/level_counts.html")
def level_counts(
    counts: LevelCounts | None, inline: bool = False, coverage: object = None
) -> dict[str, Any]:
    """None or no milestones at all says so; `coverage`: for how many commitments there are any."""
    rows = [row for row in counts.rows() if row[1]] if counts else []
    return {"rows": rows, "counts": counts, "inline": inline, "coverage": coverage}


@register.simple_tag
def as_of(update: ProgressUpdate) -> SafeString:
    """The as-of date of an update, in the words of its source if that gave no exact date."""
    return format_html(
        '<time datetime="{}">{}</time>', update.day.isoformat(), update.as_of_in_words
    )


ACCOUNTS: dict[tuple[str, bool], StrOrPromise] = {
    (Provenance.REPORTED_HERE, False): gettext_lazy("Reported here"),
    (Provenance.PUBLISHED_ELSEWHERE, False): gettext_lazy("Published by government"),
    (Provenance.PUBLISHED_ELSEWHERE, True): gettext_lazy("Our reading of government’s document"),
    (Provenance.ASSESSOR_REPORT, False): gettext_lazy("The IRM’s report says"),
    (Provenance.ASSESSOR_REPORT, True): gettext_lazy("Our reading of the IRM’s report"),
}
"""Whose account a level is, by provenance and whether it is our reading."""


@register.simple_tag
def account(said: Cell) -> str:
    return str(ACCOUNTS.get((said.provenance, said.level_basis == LevelBasis.READ), ""))


@register.simple_tag
def who_reported(update: ProgressUpdate) -> SafeString:
    who: SafeString | str = update.source_title
    if update.institution:
        name, address = update.institution.name, update.institution.get_absolute_url()
        who = format_html('<a href="{}">{}</a>', address, name)
        if update.source_title:
            who = format_html("{}, {}", who, update.source_title)
    return format_html("{}: {}", account(update), who)


@register.simple_tag
def current_entry(
    cell: NationProgress, entries: list[presenters.LogEntry]
) -> presenters.LogEntry | None:
    """The entry of a milestone's log that a nation's current level comes from."""
    return next((entry for entry in entries if entry.update.pk == cell.update_id), None)
