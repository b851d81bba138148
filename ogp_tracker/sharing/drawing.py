"""A commitment's card as a drawing: the position of every line of text and every shape.

Everything flows from top to bottom, so that a long title or many levels only make it higher.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from milestones.levels import LEVEL_NOT_GIVEN, SIGNS, Sign
from ogp_tracker.sharing.letters import clean, lines_of, width_of
from ogp_tracker.sharing.status import CommitmentStatus, NationStatus, word_of

TOKENS = settings.BASE_DIR / "static" / "css" / "tokens.css"
DARK = "(prefers-color-scheme: dark)"


@cache
def colours() -> tuple[dict[str, str], dict[str, str]]:
    """By name, such as `level-completed`, in light and in dark."""
    light, _between, dark = TOKENS.read_text().partition(DARK)
    return _named(light), _named(dark)


def _named(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", sheet))


WIDTH, EDGE = 640, 24
INSIDE = WIDTH - 2 * EDGE
NAMES_WIDTH = 232
MARK, GAP = 14, 18
BRACKETS = 7
"""How much wider a mark in brackets is."""

STYLE = (
    "text{font-family:Arial,Helvetica,'Liberation Sans',sans-serif;font-size:14px}"
    ".title{font-size:20px;font-weight:700}.strong{font-weight:700}.verdict{font-size:17px;"
    "font-weight:700}.small{font-size:12.5px}"
)
ROLES = {
    "ink": "fill:{ink}",
    "ink-soft": "fill:{ink-soft}",
    "government": "fill:{government}",
    "assessor": "fill:{assessor}",
    "card": "fill:{surface};stroke:{rule-strong}",
    "rule": "stroke:{rule}",
    "tick": "stroke:{surface}",
    **{f"level--{sign.css}": f"color:{{level-{sign.css}}}" for sign in SIGNS.values()},
    f"level--{LEVEL_NOT_GIVEN.css}": "color:{ink}",
}
"""The colours of the site that each class uses."""


@dataclass(frozen=True)
class TextLine:
    x: float
    y: float
    css: str
    words: str


@dataclass(frozen=True)
class LevelMark:
    x: float
    y: float
    sign: Sign

    @property
    def width(self) -> int:
        return MARK + (BRACKETS if self.sign.is_read else 0)


@dataclass
class Card:
    width: int = WIDTH
    height: float = EDGE
    lines: list[TextLine] = field(default_factory=list)
    marks: list[LevelMark] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)

    @property
    def signs(self) -> list[Sign]:
        return list({mark.sign.symbol: mark.sign for mark in self.marks}.values())

    def write(
        self, words: str, css: str, size: float, *, most: int = 1, bold: bool = False
    ) -> None:
        for line in lines_of(words, size, INSIDE, most=most, bold=bold):
            self.height += size * 1.3
            self.lines.append(TextLine(EDGE, round(self.height, 1), css, line))

    def add_rule(self) -> None:
        self.height += 16
        self.rules.append(round(self.height, 1))
        self.height += 4

    def write_nation(self, nation: NationStatus) -> None:
        self.height += 24
        (name,) = lines_of(nation.name, 14, NAMES_WIDTH - GAP, most=1)
        self.lines.append(TextLine(EDGE, round(self.height, 1), "ink", name))
        x: float = EDGE + NAMES_WIDTH
        if not nation.counts:
            nothing = _("No milestone applies")
            self.lines.append(TextLine(x, round(self.height, 1), "ink-soft", nothing))
        for sign, number in nation.counts:
            count = f"{word_of(sign)} {intcomma(number)}"
            mark = MARK + (BRACKETS if sign.is_read else 0)
            wide = mark + 6 + width_of(count, 14)
            if x > EDGE + NAMES_WIDTH and x + wide > WIDTH - EDGE:
                x, self.height = EDGE + NAMES_WIDTH, self.height + 20
            self.marks.append(LevelMark(round(x, 1), round(self.height - 12, 1), sign))
            self.lines.append(TextLine(round(x + mark + 6, 1), round(self.height, 1), "ink", count))
            x += wide + GAP


def draw(status: CommitmentStatus) -> Card:
    card = Card()
    card.write(status.commitment.ogp_id or str(_("Commitment")), "ink-soft strong", 13, bold=True)
    card.height += 2
    card.write(status.title, "ink title", 20, most=3, bold=True)
    card.add_rule()
    card.write(_("Progress"), "government strong", 14, bold=True)
    for line in status.whole:
        card.height += 4
        card.write(line, "ink", 14, most=2)
    for nation in status.nations:
        card.write_nation(nation)
    for line in filter(None, [status.unknown, status.whose]):
        card.height += 4
        card.write(line, "ink-soft", 14, most=2)
    card.add_rule()
    card.write(_("The assessor finds"), "assessor strong", 14, bold=True)
    card.height += 2
    card.write(status.completion, "ink verdict", 17, bold=True)
    if status.report:
        card.write(clean(str(status.report)), "ink-soft", 14, most=2)
        if status.report.is_for_comment:
            card.write(_("Version for public comment, not final"), "ink-soft strong", 14, bold=True)
    card.add_rule()
    card.write(status.dates, "ink-soft small", 12.5)
    card.write(status.site, "ink-soft small strong", 12.5, bold=True)
    card.height = round(card.height + EDGE - 6)
    return card


@cache
def style() -> str:
    light, dark = (
        "".join(f".{role}{{{rule.format_map(named)}}}" for role, rule in ROLES.items())
        for named in colours()
    )
    return f"{STYLE}{light}@media {DARK}{{{dark}}}"
