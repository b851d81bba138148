"""A plan, the last word about a milestone and today, drawn on one scale for all rows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from milestones.models import Milestone

WIDTH = 300
LEFT, RIGHT = 16.0, 286.0
YEARS_AT_MOST = 5


@dataclass(frozen=True)
class Scale:
    first: date
    today: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.today - self.first).days, 1)
        return round(LEFT + min(max(share, 0), 1) * (RIGHT - LEFT), 1)

    @property
    def years(self) -> list[tuple[float, int]]:
        """The first days of some years, so few that their numbers have room."""
        years = range(self.first.year, self.today.year + 1)
        step = -(-len(years) // YEARS_AT_MOST)
        return [(self.x(date(year, 1, 1)), year) for year in years[::step]]


@dataclass(frozen=True)
class When:
    """One row: the years of the plan, the time of which nothing is known, the last word."""

    start: float | None
    end: float
    last: float | None
    words: str

    @property
    def unknown_since(self) -> float:
        return max(self.end, self.last or self.end)


def draw(rows: Sequence[Any], today: date) -> Scale | None:
    """Give each milestone of a closed plan, from `overdue`, its `when`; None without any."""
    ends: list[date] = [row.commitment.plan.end_date for row in rows]
    starts = [row.commitment.plan.start_date or row.commitment.plan.end_date for row in rows]
    lasts = {row.pk: _last(row) for row in rows}
    if not (days := [day for day in (*starts, *lasts.values()) if day]):
        return None
    scale = Scale(date(min(days).year, 1, 1), today)
    for row, end in zip(rows, ends, strict=True):
        start, last = row.commitment.plan.start_date, lasts[row.pk]
        row.when = When(
            start=scale.x(start) if start else None,
            end=scale.x(end),
            last=scale.x(last) if last else None,
            words=in_words(end, last),
        )
    return scale


def _last(row: "Milestone") -> date | None:
    said: Any = row
    return max((cell.as_of for cell in said.said_in if cell.as_of), default=None)


def in_words(end: date, last: date | None) -> str:
    """Such as: Plan closed on 31 December 2021; last update 7 months before."""
    closed = _("Plan closed on %s") % date_format(end)
    if last is None:
        return _("%s; no update is recorded here") % closed
    months = (last.year - end.year) * 12 + last.month - end.month
    if not months:
        return _("%s; last update in the same month") % closed
    said = (
        ngettext("last update %s month later", "last update %s months later", months)
        if months > 0
        else ngettext("last update %s month before", "last update %s months before", -months)
    )
    return f"{closed}; {said % abs(months)}"
