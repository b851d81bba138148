"""The timeline of a commitment: numbered marks in a drawing, and the list that is their key.

Pure apart from reading prefetched rows. Dates become places along the width; marks that would
touch get lanes of their own. A wide and a narrow drawing come from the same marks, so that a phone
shows all of them at reading size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Commitment
from milestones.models import Milestone, ProgressUpdate
from milestones.targets import Target, own_updates
from ogp_tracker.common.texts import StrOrPromise

WIDE, NARROW = 1100, 288
MARGIN = 12
RADIUS = 9.5
STEP = 23
"""From one mark to the next beside it, and from lane to lane."""
FIRST_LANE = 30
MANY = 12
"""More dates than these are put together by month: a phone has no room for a mark each."""


@dataclass(frozen=True)
class Event:
    day: date
    day_in_words: str
    about: str
    what: StrOrPromise
    update: ProgressUpdate | None = None


@dataclass(frozen=True)
class Mark:
    """The events of one date, or of one month, under one number."""

    events: list[Event]

    @property
    def day(self) -> date:
        return self.events[0].day

    @property
    def is_planned(self) -> bool:
        return not any(event.update for event in self.events)


@dataclass(frozen=True)
class Timeline:
    marks: list[Mark]
    on: date

    @cached_property
    def years(self) -> range:
        """Those that the drawing is about, and the one in which it ends."""
        return range(self.marks[0].day.year, self.marks[-1].day.year + 2)

    @property
    def shows_today(self) -> bool:
        return self.on.year in self.years[:-1]

    def x(self, day: date, width: int) -> float:
        first, end = date(self.years[0], 1, 1), date(self.years[-1], 1, 1)
        share = (day - first).days / (end - first).days
        return round(MARGIN + share * (width - 2 * MARGIN), 1)

    def places(self, width: int) -> list[tuple[float, float]]:
        """The middle of each mark, in its lane."""
        lanes: list[float] = []
        found: list[tuple[float, float]] = []
        for mark in self.marks:
            x = self.x(mark.day, width)
            lane = next((n for n, last in enumerate(lanes) if x - last >= STEP), len(lanes))
            lanes[lane : lane + 1] = [x]
            found.append((x, FIRST_LANE + lane * STEP))
        return found

    @property
    def wide(self) -> SafeString:
        return self._drawn(WIDE, "wide")

    @property
    def narrow(self) -> SafeString:
        return self._drawn(NARROW, "narrow")

    def _drawn(self, width: int, css: str) -> SafeString:
        places = self.places(width)
        height = round(max(y for _x, y in places) + RADIUS + 3)
        # Every so many years a number, so that none covers the next.
        step = 1 + len(self.years) * 40 // width
        years = [(self.x(date(year, 1, 1), width), year) for year in self.years[::step]]
        number = len(self.marks)
        label = ngettext(
            "%(number)s numbered date; the list below says what it is.",
            "%(number)s numbered dates; the list below says what they are.",
            number,
        ) % {"number": intcomma(number)}
        return format_html(
            '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
            *(css, width, height, label),
            format_html_join(
                "",
                '<path class="line" d="M{0} 16V{1}"/>'
                '<text class="soft" x="{0}" y="11" text-anchor="{2}">{3}</text>',
                ((x, height, _anchor(x, width), str(year)) for x, year in years),
            ),
            self._today(width, height),
            format_html_join(
                "",
                '<circle class="date{}" cx="{}" cy="{}" r="{}"/>'
                '<text class="number" x="{}" y="{}">{}</text>',
                (
                    (" date--planned" if mark.is_planned else "", x, y, RADIUS, x, y + 4.5, str(n))
                    for n, (mark, (x, y)) in enumerate(zip(self.marks, places, strict=True), 1)
                ),
            ),
        )

    def _today(self, width: int, height: int) -> SafeString | str:
        if not self.shows_today:
            return ""
        return format_html('<path class="now" d="M{} 16V{}"/>', self.x(self.on, width), height)


def _anchor(x: float, width: int) -> str:
    return "start" if x < STEP else "end" if x > width - STEP else "middle"


def timeline(commitment: Commitment, on: date) -> Timeline | None:
    """From a commitment with prefetched milestones; None if no date is known."""
    # Events of one date keep their order, that of the milestones.
    events = sorted(_events(commitment), key=lambda event: event.day)
    dates: dict[tuple[Any, ...], list[Event]] = {}
    is_many = len({(event.day, event.day_in_words) for event in events}) > MANY
    for event in events:
        month = (event.day.year, event.day.month)
        dates.setdefault(month if is_many else (event.day, event.day_in_words), []).append(event)
    return Timeline([Mark(found) for found in dates.values()], on) if events else None


def _events(commitment: Commitment) -> Iterator[Event]:
    plan = commitment.plan
    if plan and plan.start_date:
        yield _event(plan.start_date, str(plan), _("first possible date"))
    if plan and plan.end_date:
        yield _event(plan.end_date, str(plan), _("last possible date"))
    words = commitment.timeline_as_published
    said = _("“%(words)s” in the plan") % {"words": words} if words else ""
    if commitment.start_date:
        yield _event(commitment.start_date, _("First possible date"), said)
    if commitment.end_date:
        yield _event(commitment.end_date, _("Last possible date"), said)
    nations = len(commitment.nations.all())
    yield from _update_events(commitment, _("The commitment as a whole"), nations)
    for milestone in commitment.milestones.all():
        yield from _due_events(milestone)
        yield from _update_events(milestone, milestone.name, nations)


def _due_events(milestone: Milestone) -> Iterator[Event]:
    for change in milestone.due_date_changes:
        if change.due_from:
            what = _("was due; moved: %(reason)s") % {"reason": change.reason}
            yield _event(change.due_from, milestone.name, what)
    if milestone.due_on:
        yield Event(milestone.due_on, milestone.due_in_words, milestone.name, _("due"))


def _update_events(target: Target, about: str, nations: int) -> Iterator[Event]:
    """`nations` of the commitment: if there is one only, it goes without saying."""
    updates = own_updates(target)
    corrected = {update.corrects_id for update in updates}
    for update in updates:
        names = [nation.label for nation in update.nations.all()]
        what = _("all nations") if len(names) == nations else ", ".join(names)
        what = what if nations > 1 else ""
        if update.pk in corrected:
            what = _("%(nations)s (corrected by a later update)") % {"nations": what}
        yield Event(update.day, update.as_of_in_words, about, what.strip(), update)


def _event(day: date, about: str, what: str) -> Event:
    return Event(day, date_format(day), about, what)
