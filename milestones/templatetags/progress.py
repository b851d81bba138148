"""Template tags for levels, counts and the pieces of a page that show government's updates."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones import presenters
from milestones.levels import (
    NOT_APPLICABLE,
    NOT_REPORTED,
    SIGNS,
    STATE_SIGNS,
    LevelCounts,
    Sign,
)
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from milestones.requirement import RequirementAnswer
from milestones.timeline import MARK, RIGHT, TRACK, WIDTH, timeline

register = template.Library()
register.simple_tag(presenters.commitment_log)
register.simple_tag(presenters.log, name="milestone_log")

BAR_WIDTH = 1000


@register.simple_tag
def level(value: str | None = NOT_REPORTED) -> SafeString:
    return sign(SIGNS[value or NOT_REPORTED])


@register.simple_tag
def sign(shown: Sign) -> SafeString:
    return _drawn(shown.css, str(shown.word))


@cache
def _drawn(css: str, word: str) -> SafeString:
    return format_html(
        '<span class="level level--{css}"><svg class="shape" aria-hidden="true">'
        '<use href="#shape-{css}"/></svg>{word}</span>',
        css=css,
        word=word,
    )


ANSWERS = {
    RequirementAnswer.MET: '<path d="m3.5 8.4 3 3 6-6.6"/>',
    RequirementAnswer.NOT_MET: '<path d="m4.5 4.5 7 7m0-7-7 7"/>',
    RequirementAnswer.CANNOT_BE_TOLD: '<path d="M4 8h8" stroke-dasharray="2 1"/>',
}
"""The inside of the square that says an answer without colour: a tick, a cross, a broken line."""


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
def shapes() -> SafeString:
    """The shapes of all signs, drawn once a page and used by reference."""
    drawn = [
        format_html(
            '<symbol id="shape-{}" viewBox="0 0 16 16">{}</symbol>',
            shown.css,
            mark_safe(shown.shape),  # noqa: S308 - a constant of milestones.levels
        )
        for shown in (*signs(), *STATE_SIGNS.values())
    ]
    return format_html(
        '<svg class="sprite" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe("".join(drawn)),  # noqa: S308 - built from clean parts
    )


@register.simple_tag
def signs() -> list[Sign]:
    return [*SIGNS.values(), NOT_APPLICABLE]


@register.inclusion_tag("milestones/level_counts.html")
def level_counts(counts: LevelCounts | None, inline: bool = False) -> dict[str, Any]:
    """None or no parts at all says so."""
    if counts is None or not counts.total:
        return {"rows": []}
    rows, start = [], 0.0
    for shown, number in counts.rows():
        if number:
            width = BAR_WIDTH * number / counts.total
            rows.append(
                {"sign": shown, "number": number, "x": round(start, 1), "width": round(width, 1)}
            )
            start += width
    return {"rows": rows, "total": counts.total, "inline": inline, "bar_width": BAR_WIDTH}


@register.inclusion_tag("milestones/grid.html")
def milestone_grid(commitment: Commitment, on: date) -> dict[str, Any]:
    return {
        "rows": presenters.grid(commitment, on),
        "nations": commitment.nations.all(),
        "commitment": commitment,
    }


@register.inclusion_tag("milestones/voice.html")
def government_voice(commitment: Commitment) -> dict[str, Any]:
    return {"voice": presenters.government_voice(commitment), "commitment": commitment}


@register.inclusion_tag("milestones/timeline.html", takes_context=True)
def commitment_timeline(context: Context, commitment: Commitment, on: date) -> dict[str, Any]:
    return {
        "as_at": context.get("as_at"),
        "timeline": timeline(commitment, on),
        "today": on,
        "commitment": commitment,
        "width": WIDTH,
        "right": WIDTH - RIGHT,
        "track": TRACK,
        "mark": MARK,
    }


@register.simple_tag
def as_of(update: ProgressUpdate) -> SafeString:
    """The as-of date of an update, in the words of its source if that gave no exact date."""
    return format_html(
        '<time datetime="{}">{}</time>',
        update.day.isoformat(),
        update.as_of_as_published or date_format(update.day),
    )


@register.simple_tag
def who_reported(update: ProgressUpdate) -> SafeString:
    if update.institution:
        name, address = update.institution.name, update.institution.get_absolute_url()
        return format_html('<a href="{}">{}</a>', address, name)
    return format_html("{} {}", _("From:"), update.source_title)


@register.filter
def add_number(value: float, number: float) -> float:
    """Rounded to a tenth of a unit of a drawing."""
    return round(float(value) + float(number), 1)


@register.simple_tag
def current_entry(
    cell: NationProgress, entries: list[presenters.LogEntry]
) -> presenters.LogEntry | None:
    """The entry of a milestone's log that a nation's current level comes from."""
    return next((entry for entry in entries if entry.update.pk == cell.update_id), None)


@register.filter
def last_published(entries: list[presenters.LogEntry]) -> datetime | None:
    days = [entry.update.published_at for entry in entries if entry.update.published_at]
    return max(days, default=None)
