"""The promises in time, as a drawing: one square for each in the years of its plan. Pure.

One function draws it wide, with the governments beside the lanes, and narrow, with each above its
lane, so that the text of both is of reading size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format

from irm.squares import Squares
from ogp_tracker.front.lanes import Lane, PlanRow


@dataclass(frozen=True)
class Geometry:
    """In units of the drawing, which are pixels where it is as wide as it was made for."""

    width: int
    left: int
    right: int
    size: int
    gap: int
    letter: float
    """About the width of a letter."""
    line: int
    """The height of a line of text."""
    is_wide: bool = False

    @property
    def step(self) -> int:
        return self.size + self.gap


WIDE = Geometry(1000, left=150, right=14, size=13, gap=3, letter=7.4, line=19, is_wide=True)
NARROW = Geometry(288, left=1, right=4, size=8, gap=2, letter=6.6, line=16)

FEWEST_COLUMNS = 3


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    css: str = ""
    """ "strong", "soft", and "end" where the words end at `x`."""


@dataclass
class Drawing:
    geometry: Geometry
    height: float = 0
    texts: list[Text] = field(default_factory=list)
    squares: Squares = field(default_factory=Squares)
    years: str = ""
    now: str = ""
    spans: str = ""
    unknown: str = ""
    """The periods of plans of which one date is not known."""
    pin: str = ""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The paths that are not squares, with their classes."""
        paths = zip(
            ("line", "now", "span", "dash", "pin"),
            (self.years, self.now, self.spans, self.unknown, self.pin),
            strict=True,
        )
        return [(css, path) for css, path in paths if path]


@dataclass(frozen=True)
class Axis:
    first: int
    last: int
    geometry: Geometry

    @classmethod
    def of(cls, rows: Sequence[PlanRow], on: date, geometry: Geometry) -> "Axis":
        dates = [day for row in rows for day in (row.first, row.last) if day] + [on]
        return cls(min(dates).year, max(dates).year + 1, geometry)

    @property
    def year(self) -> float:
        room = self.geometry.width - self.geometry.left - self.geometry.right
        return room / (self.last - self.first)

    def x(self, day: date) -> float:
        passed = (day.timetuple().tm_yday - 1) / 366
        return round(self.geometry.left + (day.year - self.first + passed) * self.year, 1)


@dataclass
class Box:
    """Where a plan goes: from its first day on, as wide as its years, its words and squares."""

    row: PlanRow
    x: float
    end: float
    """Where its last day is."""
    columns: int
    needs: float
    """The least width."""
    number: str = ""

    @classmethod
    def of(cls, row: PlanRow, axis: Axis) -> "Box":
        step, letter = axis.geometry.step, axis.geometry.letter
        x, end = axis.x(row.first or date.min), axis.x(row.last or date.max)
        columns = max(FEWEST_COLUMNS, int((end - x + axis.geometry.gap) // step))
        needs = max(min(FEWEST_COLUMNS, row.total) * step, (len(row.years) + 0.5) * letter)
        # At the end of the axis there is no room to the right.
        x = max(axis.geometry.left, min(x, axis.geometry.width - needs))
        return cls(row, x, max(x, end), columns, needs, "" if row.is_drawn else intcomma(row.total))

    @property
    def lines(self) -> int:
        squares = 1 if self.number else ceil(self.row.total / self.columns)
        return squares + (self.row.pinned is not None)

    def makes_room(self, later: "Box", axis: Axis) -> bool:
        """Whether a later plan can go beside it; if so, its squares end before those of the other.

        By years taken from titles plans often overlap by one year.
        """
        room = later.x - self.x
        if room < self.needs or self.end - later.x > axis.year * 1.05:
            return False
        self.columns = min(self.columns, int((room + 1) // axis.geometry.step))
        return True


def draw(lanes: Iterable[Lane], on: date, geometry: Geometry, pin_words: str) -> Drawing | None:
    """None if no plan has a date."""
    dated = [Lane(one.government, [row for row in one.rows if row.first]) for one in lanes]
    rows = [row for lane in dated for row in lane.rows]
    if not rows:
        return None
    axis = Axis.of(rows, on, geometry)
    drawing = Drawing(geometry)
    y: float = geometry.line
    for lane in dated:
        if lane.rows:
            y = _draw_lane(drawing, lane, axis, y, pin_words)
    _draw_years(drawing, axis, y)
    x, words = axis.x(on), date_format(on)
    drawing.now = f"M{x} {geometry.line}V{y}"
    drawing.height = round(y + geometry.line)
    foot = drawing.height - 4
    drawing.texts.append(Text(max(x, len(words) * geometry.letter), foot, words, "end"))
    return drawing


def _draw_lane(drawing: Drawing, lane: Lane, axis: Axis, y: float, pin_words: str) -> float:
    """Return where the lane ends. Plans of the same years go below each other."""
    shape = axis.geometry
    room = shape.left if shape.is_wide else shape.width
    name = _cut(lane.government, int(room / (shape.letter + 0.6)))
    tracks: list[list[Box]] = []
    for row in lane.rows:
        box = Box.of(row, axis)
        track = next((one for one in tracks if one[-1].makes_room(box, axis)), None)
        if track is None:
            tracks.append([box])
        else:
            track.append(box)
    if not shape.is_wide:
        y += shape.line * 1.4
        drawing.texts.append(Text(0, round(y - 4, 1), name, "strong"))
    for number, track in enumerate(tracks):
        base = round(y + max(box.lines for box in track) * shape.step + 5)
        if shape.is_wide and not number:
            drawing.texts.append(Text(0, base, name, "strong"))
        for place, box in enumerate(track):
            _draw_plan(drawing, box, base, pin_words)
            _draw_span(drawing, box, base + 3 + 3 * (place % 2))
        y = base + shape.line + 8
    return round(y, 1)


def _draw_plan(drawing: Drawing, box: Box, base: float, pin_words: str) -> None:
    shape, row, x = drawing.geometry, box.row, round(box.x)
    if box.number:
        drawing.texts.append(Text(x, base - 2, box.number, "strong"))
    else:
        corners = drawing.squares.add(row.counts, x, base, shape.size, shape.gap, box.columns)
        if row.pinned:
            _draw_pin(drawing, corners[row.pinned], base - box.lines * shape.step, pin_words)
    drawing.texts.append(Text(x, base + 5 + shape.line * 0.85, row.years, "soft"))


def _draw_span(drawing: Drawing, box: Box, y: float) -> None:
    """Of plans that overlap every other is a little lower, so that both ends are seen."""
    x = round(box.x)
    span = f"M{x} {y:g}v3H{max(round(box.end), x + drawing.geometry.size)}v-3"
    if box.row.has_both_dates:
        drawing.spans += span
    else:
        drawing.unknown += span


def _draw_pin(drawing: Drawing, corner: tuple[float, float], top: float, words: str) -> None:
    shape = drawing.geometry
    x, y = corner[0] + shape.size / 2, top + shape.size / 2
    flips = x + 10 + len(words) * shape.letter > shape.width
    drawing.pin = f"M{x} {corner[1] - 2}V{y}h{-6 if flips else 6}"
    at = x - 9 if flips else x + 9
    drawing.texts.append(Text(at, y + 4, words, "end" if flips else ""))


def _draw_years(drawing: Drawing, axis: Axis, bottom: float) -> None:
    """As many years have their number as there is room for."""
    shape = axis.geometry
    each = ceil(6 * shape.letter / axis.year)
    lines = ceil((axis.last - axis.first) / 60)
    for year in range(axis.first, axis.last + 1):
        x = axis.x(date(year, 1, 1))
        if not (year - axis.first) % lines:
            drawing.years += f"M{x} {shape.line - 3}V{bottom}"
        if not (year - axis.first) % each and x + 4 * shape.letter <= shape.width:
            drawing.texts.append(Text(x, shape.line - 6, str(year), "soft"))


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1]}…"
