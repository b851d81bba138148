"""Calendars of due dates: one event for each milestone, which moves with its date (RFC 5545).

The library `icalendar` writes them: it folds lines and escapes what published texts may contain.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, Timezone

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
REFRESH = timedelta(hours=12)
LONGEST_TEXT = 2000


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
    rows = milestones_of(target)
    dated = rows.filter(due_on__isnull=False).count()
    return dated, rows.count() - dated


def left_out_words(dated: int, without: int) -> str:
    said = []
    if without:
        words = ngettext(
            "%(n)s milestone is left out, because no day is recorded for it.",
            "%(n)s milestones are left out, because no day is recorded for them.",
            without,
        )
        said.append(words % {"n": without})
    if dated > MOST:
        said.append(_("Only the %s with the latest days are in it.") % MOST)
    return " ".join(said)


def ical(target: Target) -> bytes:
    name = _("Open government: due dates")
    if target.row is not None:
        name = _("Due dates: %s") % target.name
    dated, without = counts_of(target)
    made = Calendar.new(
        prodid=f"-//{host()}//Open Government Tracker//EN",
        name=clean(name),
        uid=f"{target.kind}-{target.key}@{host()}",
        description=" ".join(
            filter(None, (_("Due dates of milestones."), left_out_words(dated, without)))
        ),
        refresh_interval=REFRESH,
        source=absolute(target.calendar),
        url=absolute(target.page),
    )
    # Outlook and Google read this instead of REFRESH-INTERVAL.
    made.add("X-PUBLISHED-TTL", f"PT{REFRESH // timedelta(hours=1)}H")
    rows = milestones_of(target).filter(due_on__isnull=False)
    for milestone in rows.for_calendar().order_by("-due_on", "pk")[:MOST]:
        made.add_component(event(milestone))
    if not made.subcomponents:
        # A calendar has one component at least (RFC 5545, 3.6).
        made.add_component(Timezone.from_tzid("UTC"))
    return bytes(made.to_ical())


def event(milestone: Any) -> Event:
    """All day; `milestone` is a row of `for_calendar`. It does not make anyone busy.

    Its UID stays and its SEQUENCE grows with every move, so that calendar programs move the event
    that they have.
    """
    moves = milestone.due_date_changes
    edits = (milestone.edited_at, milestone.commitment_edited_at)
    moments = [*(one for one in edits if one), *(move.published_at for move in moves)]
    changed = max(moments, default=datetime(2026, 1, 1, tzinfo=UTC)).astimezone(UTC)
    name, label = milestone.commitment.short_name, milestone.name
    summary = _("Due: %(commitment)s, %(milestone)s: %(text)s") % {
        "commitment": name,
        "milestone": label,
        "text": milestone.text,
    }
    made = Event.new(
        uid=f"milestone-{milestone.pk}@{host()}",
        start=milestone.due_on,
        stamp=changed.replace(microsecond=0),
        last_modified=changed.replace(microsecond=0),
        sequence=len(moves),
        summary=Truncator(clean(summary)).chars(150),
        description="\n".join(description_lines(milestone, moves)),
        url=absolute(milestone.get_absolute_url()),
    )
    made.add("STATUS", "CONFIRMED" if moves or is_exact(milestone) else "TENTATIVE")
    made.add("TRANSP", "TRANSPARENT")
    return made


def description_lines(milestone: Milestone, moves: Sequence[Amendment]) -> list[str]:
    lines = [
        clean(milestone.commitment),
        Truncator(clean(f"{milestone.name}: {milestone.text}")).chars(LONGEST_TEXT),
    ]
    if words := clean(milestone.due_as_published):
        lines.append(_("Due, in the words of the plan: “%s”.") % words)
        if not moves and not is_exact(milestone):
            lines.append(_("These words name no single day: this is the last day they allow."))
    for move in moves:
        days = {
            "from": date_format(move.due_from) if move.due_from else "",
            "to": date_format(move.due_to) if move.due_to else "",
            "reason": clean(shorter(move.reason)),
        }
        words = _("Set to %(to)s. Reason: %(reason)s")
        if move.due_from:
            words = _("Moved from %(from)s to %(to)s. Reason: %(reason)s")
        lines.append(words % days)
    lines.append(absolute(milestone.get_absolute_url()))
    return lines


def is_exact(milestone: Milestone) -> bool:
    """Whether the plan names the due date itself, or says nothing that could contradict it."""
    words = milestone.due_as_published.strip()
    period = period_in(words)
    return not words or (period is not None and period.day == milestone.due_on)
