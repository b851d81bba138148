"""A commitment's card as a drawing: where every word and every shape stands.

Everything flows from top to bottom, so that a long title or many levels only make it higher.
"""

from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _

from milestones.levels import SIGNS, Sign
from ogp_tracker.sharing.colours import DARK, colours
from ogp_tracker.sharing.letters import clean, lines_of, width_of
from ogp_tracker.sharing.status import NationStatus, Status

WIDTH, EDGE = 640, 24
INSIDE = WIDTH - 2 * EDGE
NAMES = 232
"""Room for the names of the nations."""
MARK, GAP = 14, 18

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
}
"""What is drawn in which colour of the site."""


@dataclass(frozen=True)
class Words:
    """A line of text."""

    x: float
    y: float
    css: str
    words: str


@dataclass(frozen=True)
class Mark:
    """The shape of a level."""

    x: float
    y: float
    sign: Sign


@dataclass
class Drawing:
    """A card, ready to be written down."""

    width: int = WIDTH
    height: float = EDGE
    words: list[Words] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)

    @property
    def signs(self) -> list[Sign]:
        """Return the signs of which it shows the shapes."""
        return list({mark.sign.css: mark.sign for mark in self.marks}.values())

    def write(
        self, words: str, css: str, size: float, *, most: int = 1, bold: bool = False
    ) -> None:
        """Write words in at most so many lines below what is there."""
        for line in lines_of(words, size, INSIDE, most=most, bold=bold):
            self.height += size * 1.3
            self.words.append(Words(EDGE, round(self.height, 1), css, line))

    def part(self) -> None:
        """Draw a rule below what is there."""
        self.height += 16
        self.rules.append(round(self.height, 1))
        self.height += 4

    def write_nation(self, nation: NationStatus) -> None:
        """Write a nation's name and beside it how many milestones are at each level."""
        self.height += 24
        (name,) = lines_of(nation.name, 14, NAMES - GAP, most=1)
        self.words.append(Words(EDGE, round(self.height, 1), "ink", name))
        x: float = EDGE + NAMES
        if not nation.counts:
            nothing = _("No milestone for it to deliver")
            self.words.append(Words(x, round(self.height, 1), "ink-soft", nothing))
        for sign, number in nation.counts:
            said = f"{sign.word} {number}"
            wide = MARK + 6 + width_of(said, 14)
            if x > EDGE + NAMES and x + wide > WIDTH - EDGE:
                x, self.height = EDGE + NAMES, self.height + 20
            self.marks.append(Mark(round(x, 1), round(self.height - 12, 1), sign))
            self.words.append(Words(round(x + MARK + 6, 1), round(self.height, 1), "ink", said))
            x += wide + GAP


def draw(status: Status) -> Drawing:
    """Return the card of a commitment."""
    card = Drawing()
    card.write(status.commitment.slug, "ink-soft strong", 13, bold=True)
    card.height += 2
    card.write(status.title, "ink title", 20, most=3, bold=True)
    card.part()
    card.write(_("Government reports"), "government strong", 14, bold=True)
    for nation in status.nations:
        card.write_nation(nation)
    if status.unknown:
        card.height += 4
        card.write(status.unknown, "ink-soft", 14, most=2)
    card.part()
    card.write(_("The assessor finds"), "assessor strong", 14, bold=True)
    card.height += 2
    card.write(status.completion, "ink verdict", 17, bold=True)
    if status.report:
        card.write(clean(str(status.report)), "ink-soft", 14, most=2)
        if status.report.is_for_comment:
            card.write(_("Version for public comment, not final"), "ink-soft strong", 14, bold=True)
    card.part()
    card.write(status.days, "ink-soft small", 12.5)
    card.write(status.site, "ink-soft small strong", 12.5, bold=True)
    card.height = round(card.height + EDGE - 6)
    return card


@cache
def style() -> str:
    """Return the style sheet inside a card, light and dark. It is the same for every card."""
    light, dark = (
        "".join(f".{role}{{{rule.format_map(named)}}}" for role, rule in ROLES.items())
        for named in colours()
    )
    return f"{STYLE}{light}@media {DARK}{{{dark}}}"
