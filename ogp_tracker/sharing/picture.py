"""A commitment's status as a picture for previews of links, which do not show SVG.

Always of the same size: a column for each nation, and no more of the title than fits.
"""

from dataclasses import dataclass
from io import BytesIO

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from milestones.levels import LEVEL_NOT_GIVEN, NOT_REPORTED, SIGNS, Level, Sign
from ogp_tracker.sharing.drawing import colours
from ogp_tracker.sharing.letters import font, is_in_font, lines_of
from ogp_tracker.sharing.status import CommitmentStatus, NationStatus

WIDTH, HEIGHT = 1200, 630
EDGE = 60
INSIDE = WIDTH - 2 * EDGE
FINE = 2
"""It is drawn larger by this factor, then reduced, which makes edges smooth."""
COLUMN, MARK, LINE = 272, 22, 34

SLICES = {Level.LIMITED: (-90, 0), Level.SUBSTANTIAL: (-90, 180)}
"""The filled part of a level's circle, in degrees."""


@dataclass
class Sheet:
    """An empty picture in the site's light colours, and methods to draw on it."""

    draw: ImageDraw.ImageDraw
    y: int = EDGE

    def write(
        self,
        words: str,
        size: int,
        colour: str = "ink",
        *,
        x: int = EDGE,
        width: int = INSIDE,
        most: int = 1,
        bold: bool = False,
    ) -> None:
        for line in lines_of(words, size, width, most=most, bold=bold):
            self.put(line, size, colour, x, bold=bold)
            self.y += round(size * 1.3)

    def put(self, words: str, size: int, colour: str, x: int, *, bold: bool = False) -> None:
        place = (x * FINE, self.y * FINE)
        self.draw.text(place, words, font=font(size * FINE, bold=bold), fill=_colour(colour))

    def rule(self, colour: str = "rule") -> None:
        ends = (EDGE * FINE, self.y * FINE, (WIDTH - EDGE) * FINE, self.y * FINE)
        self.draw.line(ends, fill=_colour(colour), width=2 * FINE)

    def mark(self, sign: Sign, x: int) -> None:
        left, top = x * FINE, (self.y + 4) * FINE
        box = (left, top, left + MARK * FINE, top + MARK * FINE)
        if sign is LEVEL_NOT_GIVEN:
            self.draw.rounded_rectangle(box, 6, outline=_colour("ink"), width=3 * FINE)
            return
        level = next(key for key, shown in SIGNS.items() if shown.css == sign.css)
        colour = _colour(f"level-{sign.css}")
        if level == Level.COMPLETED:
            self.draw.ellipse(box, fill=colour)
            tick = [(0.28, 0.52), (0.43, 0.67), (0.72, 0.36)]
            points = [(left + x * MARK * FINE, top + y * MARK * FINE) for x, y in tick]
            if not sign.is_read:
                self.draw.line(points, fill=_colour("surface"), width=3 * FINE, joint="curve")
        elif level == NOT_REPORTED:
            for start in range(0, 360, 36):
                self.draw.arc(box, start, start + 20, fill=colour, width=2 * FINE)
        else:
            self.draw.ellipse(box, outline=colour, width=3 * FINE)
            if level in SLICES:
                self.draw.pieslice(box, *SLICES[Level(level)], fill=colour)
        if sign.is_read:
            self.hatch(box)
            self.draw.ellipse(box, outline=colour, width=3 * FINE)

    def hatch(self, box: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = box
        for c in range(left + top, right + bottom, 5 * FINE):
            low, high = max(left, c - bottom), min(right, c - top)
            ends = (low, c - low, high, c - high)
            self.draw.line(ends, fill=_colour("surface"), width=2 * FINE)


def status_png(status: CommitmentStatus) -> bytes:
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), _colour("surface"))
    _fill(Sheet(ImageDraw.Draw(image)), status)
    file = BytesIO()
    image.reduce(FINE).quantize(64, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()


def _fill(sheet: Sheet, status: CommitmentStatus) -> None:
    sheet.y = 44
    for place, level in enumerate(Level):
        sheet.mark(SIGNS[level], EDGE + 30 * place)
    names = filter(None, (_("Open Government Tracker"), status.commitment.ogp_id))
    sheet.write(
        " · ".join(names), 24, "ink-soft", x=EDGE + 30 * len(Level) + 10, width=INSIDE - 150
    )
    sheet.y += 6
    if all(map(is_in_font, status.title)):
        sheet.write(status.title, 44, bold=True, most=2)
    sheet.y = 202
    sheet.rule()
    sheet.y += 12
    sheet.write(_("Progress"), 26, "government", bold=True)
    said = [*status.whole, status.unknown, status.whose]
    if any(sign.is_read for nation in status.nations for sign, _number in nation.counts):
        said.append(_("In square brackets: our reading."))
    sheet.write(" ".join(filter(None, said)), 22, "ink-soft", most=2)
    top = below = sheet.y
    for place, nation in enumerate(status.nations):
        sheet.y = top
        x = EDGE + place * COLUMN
        sheet.write(nation.name, 22, x=x, width=COLUMN - 16, bold=True, most=2)
        below = max(below, sheet.y)
    for place, nation in enumerate(status.nations):
        sheet.y = below + 4
        _fill_column(sheet, nation, EDGE + place * COLUMN)
    sheet.y = 484
    sheet.rule()
    sheet.y += 14
    sheet.write(_("The assessor finds"), 26, "assessor", bold=True)
    completion = status.completion
    if status.report and status.report.is_for_comment:
        completion = f"{completion} ({_('version for public comment, not final')})"
    sheet.write(completion, 30, bold=True)
    sheet.y += 6
    sheet.write(f"{status.dates}.", 20, "ink-soft")


def _fill_column(sheet: Sheet, nation: NationStatus, x: int) -> None:
    if not nation.counts:
        nothing = _("No milestone applies")
        sheet.write(nothing, 22, "ink-soft", x=x, width=COLUMN - 16, most=2)
    for sign, number in nation.counts:
        sheet.mark(sign, x)
        word = f"[{sign.word}]" if sign.is_read else sign.word
        sheet.put(f"{word} {intcomma(number)}", 24, "ink", x + MARK + 8)
        sheet.y += LINE


def _colour(name: str) -> str:
    light, _dark = colours()
    return light[name]
