"""The timeline of a commitment: the place of every mark in the drawing, and the same as a list.

Pure apart from reading prefetched rows. The drawing has one track for the plan, one for the
commitment and one per milestone; days become positions along the width.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.levels import Overall, Sign, sign_of, stands_at
from milestones.models import Milestone, ProgressUpdate
from milestones.targets import Target, own_updates

WIDTH = 920
GUTTER = 150
RIGHT = 24
TRACK = 34
TOP = 40
MARK = 16
MARK_STEP = 10
LETTER = 8
"""About the width of a letter of the drawing's text."""


@dataclass(frozen=True)
class Event:
    """One date of the timeline in words: the same facts as the drawing, as a row of a table."""

    day: date
    day_in_words: str
    what: Any
    about: str
    update: ProgressUpdate | None = None


@dataclass
class Track:
    """A line of the drawing: a period as a bar, or the marks of one milestone."""

    label: str
    y: int = 0
    bar: tuple[float, float] | None = None
    bar_words: str = ""
    dues: list[tuple[float, bool]] = field(default_factory=list)
    marks: list[tuple[float, Sign]] = field(default_factory=list)

    @property
    def bar_width(self) -> float:
        """A period of one day is wide enough to be seen."""
        return round(max(self.bar[1] - self.bar[0], 3), 1) if self.bar else 0

    @property
    def middle(self) -> float:
        return self.y + TRACK / 2


@dataclass(frozen=True)
class Timeline:
    tracks: list[Track]
    years: list[tuple[float, int]]
    height: int
    events: list[Event]
    today_x: float | None


def timeline(commitment: Commitment, on: date) -> Timeline | None:
    """From a commitment with prefetched milestones; None if no date is known."""
    if not (events := sorted(_events(commitment), key=lambda event: event.day)):
        return None
    first = date(min(event.day for event in events).year, 1, 1)
    last = date(max(event.day for event in events).year, 12, 31)

    def x(day: date) -> float:
        share = (day - first).days / max((last - first).days, 1)
        return round(GUTTER + share * (WIDTH - GUTTER - RIGHT), 1)

    tracks = [*_period_tracks(commitment, x), *_milestone_tracks(commitment, x)]
    for position, track in enumerate(tracks):
        track.y = TOP + position * TRACK
    return Timeline(
        tracks=tracks,
        years=[(x(date(year, 1, 1)), year) for year in range(first.year, last.year + 1)],
        height=TOP + len(tracks) * TRACK + 12,
        events=events,
        today_x=x(on) if first <= on <= last else None,
    )


def _events(commitment: Commitment) -> Iterator[Event]:
    plan = commitment.plan
    if plan and plan.start_date:
        yield _event(plan.start_date, _("First possible day of the plan"), str(plan))
    if plan and plan.end_date:
        yield _event(plan.end_date, _("Last possible day of the plan"), str(plan))
    if commitment.start_date:
        yield _event(commitment.start_date, _("First possible day"), _commitment_words(commitment))
    if commitment.end_date:
        yield _event(commitment.end_date, _("Last possible day"), _commitment_words(commitment))
    yield from _update_events(commitment, _("The commitment as a whole"))
    for milestone in commitment.milestones.all():
        yield from _due_events(milestone)
        yield from _update_events(milestone, milestone.name)


def _due_events(milestone: Milestone) -> Iterator[Event]:
    for change in milestone.due_date_changes:
        if change.due_from:
            what = _("Earlier due date, moved: %(reason)s") % {"reason": change.reason}
            yield _event(change.due_from, what, milestone.name)
    if milestone.due_on:
        yield Event(milestone.due_on, milestone.due_in_words, _("Due date"), milestone.name)


def _update_events(target: Target, about: str) -> Iterator[Event]:
    updates = own_updates(target)
    corrected = {update.corrects_id for update in updates}
    for update in updates:
        nations = ", ".join(nation.label for nation in update.nations.all())
        if update.pk in corrected:
            nations = _("%(nations)s (corrected by a later update)") % {"nations": nations}
        yield Event(
            day=update.day,
            day_in_words=update.as_of_in_words,
            what=nations,
            about=about,
            update=update,
        )


def _event(day: date, what: str, about: str) -> Event:
    return Event(day=day, day_in_words=date_format(day), what=what, about=about)


def _commitment_words(commitment: Commitment) -> str:
    return commitment.timeline_as_published or str(_("The commitment"))


def _period_tracks(commitment: Commitment, x: Callable[[date], float]) -> Iterator[Track]:
    plan = commitment.plan
    if plan and plan.start_date and plan.end_date:
        yield Track(str(_("Plan")), bar=(x(plan.start_date), x(plan.end_date)))
    if commitment.start_date and commitment.end_date:
        start, words = x(commitment.start_date), commitment.timeline_as_published
        fits = start + LETTER * (len(words) + 1) <= WIDTH
        yield Track(
            str(_("Commitment")),
            bar=(start, x(commitment.end_date)),
            bar_words=words if fits else "",
        )


def _milestone_tracks(commitment: Commitment, x: Callable[[date], float]) -> Iterator[Track]:
    if marks := list(_marks(commitment, x)):
        yield Track(str(_("As a whole")), marks=marks)
    for milestone in commitment.milestones.all():
        track = Track(milestone.name)
        track.dues = [
            (x(change.due_from), True) for change in milestone.due_date_changes if change.due_from
        ]
        if milestone.due_on:
            track.dues.append((x(milestone.due_on), False))
        track.marks = list(_marks(milestone, x))
        yield track


def _marks(target: Target, x: Callable[[date], float]) -> Iterator[tuple[float, Sign]]:
    """Side by side where nations differ on one day; a corrected update would hide what counts."""
    updates = own_updates(target)
    corrected = {update.corrects_id for update in updates}
    signs: dict[date, dict[Sign, Overall]] = defaultdict(dict)
    for update in updates:
        if update.pk not in corrected:
            signs[update.day][sign_of(update)] = stands_at(update)
    for day in sorted(signs):
        found = signs[day]
        in_order = sorted(found, key=lambda sign: list(Overall).index(found[sign]))
        for place, sign in enumerate(in_order):
            left = x(day) - MARK / 2 + place * MARK_STEP
            yield round(min(left, WIDTH - MARK), 1), sign
