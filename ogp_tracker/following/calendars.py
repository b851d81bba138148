"""Calendars of due dates: one event for each milestone, which moves with its date (RFC 5545)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from commitments.models import Commitment, Nation
from milestones.models import Amendment, Milestone
from milestones.querysets import MilestoneQuerySet
from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.common.written_dates import period_in
from ogp_tracker.following.targets import Target
from ogp_tracker.following.telling import clean, shorter
from ogp_tracker.opendata.freshness import answer
from ogp_tracker.pages import PageKind

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST = 1000
"""At most this many events, those with the latest dates."""
REFRESH = "PT12H"
LONGEST_TEXT = 2000
LONGEST_LINE = 75
"""Bytes; what is longer goes on in a line that begins with a space."""
ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
NO_EVENTS = """BEGIN:VTIMEZONE
TZID:UTC
BEGIN:STANDARD
DTSTART:19700101T000000
TZNAME:UTC
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE"""
"""A calendar has one component at least (RFC 5545, 3.6)."""


@require_safe
def calendar(request: HttpRequest, page: PageKind, **parts: str | int) -> HttpResponse:
    target = Target(page.row_of(**parts))
    headers = {"Content-Type": MEDIA_TYPE, "Content-Disposition": 'inline; filename="calendar.ics"'}
    return answer(
        request,
        target.calendar,
        MEDIA_TYPE,
        lambda _on: HttpResponse(ical(target), headers=headers),
    )


def milestones_of(target: Target) -> MilestoneQuerySet:
    """Neither withdrawn, on hold nor merged ones: nobody waits for their dates."""
    rows: MilestoneQuerySet = Milestone.objects.public().going_on()
    match target.row:
        case None:
            return rows
        case Milestone(pk=key):
            return rows.filter(pk=key)
        case Commitment() as commitment:
            return rows.filter(commitment=commitment)
        case Nation() as nation:
            rows = rows.applying_in(nation)
    commitments = target.scope.commitments
    return rows.none() if commitments is None else rows.filter(commitment__in=commitments)


def counts_of(target: Target) -> tuple[int, int]:
    counted = milestones_of(target).aggregate(dated=Count("due_on"), every=Count("pk"))
    return counted["dated"], counted["every"] - counted["dated"]


def left_out_words(dated: int, without: int) -> str:
    said = []
    if without:
        words = ngettext(
            "%(n)s milestone is left out, because no due date is recorded for it.",
            "%(n)s milestones are left out, because no due date is recorded for them.",
            without,
        )
        said.append(words % {"n": intcomma(without)})
    if dated > MOST:
        said.append(_("Only the %s with the latest dates are in it.") % intcomma(MOST))
    return " ".join(said)


def ical(target: Target) -> bytes:
    name = _("Open government: due dates")
    if target.row is not None:
        name = _("Due dates: %s") % target.name
    described = filter(None, (_("Due dates of milestones."), left_out_words(*counts_of(target))))
    rows = milestones_of(target).filter(due_on__isnull=False).for_calendar()
    events = [line for row in rows.order_by("-due_on", "pk")[:MOST] for line in event(row)]
    description = text(" ".join(described))
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{host()}//Open Government Tracker//EN",
        f"NAME:{text(clean(name))}",
        # Outlook, Google and Apple read these instead of NAME, DESCRIPTION and REFRESH-INTERVAL.
        f"X-WR-CALNAME:{text(clean(name))}",
        f"DESCRIPTION:{description}",
        f"X-WR-CALDESC:{description}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        f"UID:{target.kind}-{target.key}@{host()}",
        f"SOURCE;VALUE=URI:{absolute(target.calendar)}",
        f"URL:{absolute(target.page)}",
        *(events or NO_EVENTS.split()),
        "END:VCALENDAR",
    )
    return b"".join(map(folded, lines))


def text(words: str) -> str:
    return words.translate(ESCAPED)


def cut(words: str, limit: int) -> str:
    # To ask it takes as long as the rest of an event.
    return words if len(words) <= limit else Truncator(words).chars(limit)


def folded(line: str) -> bytes:
    """As bytes; no character of several bytes is cut."""
    rest, parts = line.encode(), []
    while len(rest) > LONGEST_LINE:
        end = LONGEST_LINE
        while rest[end] & 0b11000000 == 0b10000000:
            end -= 1
        parts.append(rest[:end])
        rest = b" " + rest[end:]
    return b"\r\n".join([*parts, rest, b""])


def event(milestone: Any) -> Iterator[str]:
    """All day; `milestone` is a row of `for_calendar`. It does not make anyone busy.

    Its UID stays and its SEQUENCE grows with every move, so that calendar programs move the event
    that they have.
    """
    moves = milestone.moves
    edits = (milestone.edited_at, milestone.commitment_edited_at)
    moments = [*(one for one in edits if one), *(move.published_at for move in moves)]
    changed = max(moments, default=datetime(2026, 1, 1, tzinfo=UTC)).astimezone(UTC)
    words = {
        "commitment": milestone.commitment.short_name,
        "milestone": milestone.name,
        "text": milestone.text,
    }
    summary = _("Due: %(commitment)s, %(milestone)s: %(text)s") % words
    address = absolute(milestone.get_absolute_url())
    described = [*description_lines(milestone, moves), address]
    yield "BEGIN:VEVENT"
    yield f"UID:milestone-{milestone.pk}@{host()}"
    yield f"DTSTART;VALUE=DATE:{milestone.due_on:%Y%m%d}"
    yield f"DTSTAMP:{changed:%Y%m%dT%H%M%SZ}"
    yield f"LAST-MODIFIED:{changed:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{len(moves)}"
    yield f"SUMMARY:{text(cut(clean(summary), 150))}"
    yield f"DESCRIPTION:{text(chr(10).join(described))}"
    yield f"URL:{address}"
    yield f"STATUS:{'CONFIRMED' if moves or is_exact(milestone) else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def description_lines(milestone: Milestone, moves: Sequence[Amendment]) -> list[str]:
    lines = [
        clean(milestone.commitment),
        cut(clean(f"{milestone.name}: {milestone.text}"), LONGEST_TEXT),
    ]
    if words := clean(milestone.due_as_published):
        lines.append(_("Due, in the words of the plan: “%s”.") % words)
        if not moves and not is_exact(milestone):
            lines.append(_("This is the last date that these words allow."))
    for move in moves:
        days = {
            "from": date_format(move.due_from) if move.due_from else "",
            "to": date_format(move.due_to) if move.due_to else "",
            "reason": clean(shorter(move.reason)),
        }
        words = _("Due date set to %(to)s. Reason: %(reason)s")
        if move.due_from:
            words = _("Due date moved from %(from)s to %(to)s. Reason: %(reason)s")
        lines.append(words % days)
    return lines


def is_exact(milestone: Milestone) -> bool:
    """Whether the plan names the due date itself, or says nothing that could contradict it."""
    words = milestone.due_as_published.strip()
    period = period_in(words) if words else None
    return not words or (period is not None and period.day == milestone.due_on)
