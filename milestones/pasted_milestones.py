"""Milestones as they are pasted: one on each line, or a table of Word or Excel.

A cell says by its content what it is: first the label, if it is one; then the text; of the others
what can be read as a date, and the name of an institution. What nothing was made of is said.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ogp_tracker.common.pasted import clean_pasted
from ogp_tracker.common.texts import folded
from ogp_tracker.common.written_dates import period_in

# Excel puts a cell of several lines between quotation marks, and doubles those inside.
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|\Z)')

_NUMBER = r"(?:[A-Za-z]{0,3}[0-9]+(?:[.-][0-9]+)*[a-z]?|[a-z]|[ivx]{1,4})"
_NAMED = r"(?:milestone|step|no\.?)\s+"
# The last is the sign that Word takes from its font Symbol.
_BULLET = re.compile(r"^(?:[-*–—•◦▪‣·●○o]|\uf0b7)(?:\s+|\Z)")
_LABEL_BEFORE = re.compile(
    # “1. ”, “a) ”, “(ii) ”; “1.10 ” and “Milestone 3 ” need no sign; “2 reports” has no label.
    rf"(?:\(?({_NUMBER})[.):]|{_NAMED}({_NUMBER})[.:]?|([0-9]+(?:\.[0-9]+)+[a-z]?))\s+(?=\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"\(?(?:{_NAMED})?({_NUMBER}(?:\.{_NUMBER})*)[.):]?", re.IGNORECASE)
_HEADS = re.compile(
    r"(?:milestones?|no\.?|number|label|#|texts?|activity|activities|descriptions?|deliverables?|"
    r"(?:start|end|due|completion)(?: date)?|date|deadline|by when|timeline|lead|led by|owner|who|"
    r"(?:lead|responsible) (?:institution|department|body|agency|organisation))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PastedMilestone:
    line: str
    """As it was pasted."""
    label: str = ""
    text: str = ""
    start: str = ""
    due: str = ""
    lead: str = ""
    unread: tuple[str, ...] = ()
    """A sentence for each thing of which nothing was made."""


def milestones_in(pasted: str, institutions: Collection[str] = ()) -> list[PastedMilestone]:
    """`institutions`: their names and initials, folded as `folded` does."""
    return [_milestone(cells, institutions) for cells in _rows(pasted)]


def _rows(pasted: str) -> Iterator[list[str]]:
    """The cells of each row; empty rows and the heads of a table are left out."""
    lines = pasted.replace("\r\n", "\n").replace("\r", "\n")
    cells: list[str] = []
    if "\t" not in lines:
        yield from ([line.strip()] for line in lines.split("\n") if line.strip())
        return
    for found in _CELL.finditer(lines):
        quoted, plain, end = found.groups()
        cells.append((plain or "" if quoted is None else quoted.replace('""', '"')).strip())
        if end != "\t":
            filled = [cell for cell in cells if cell]
            if filled and not (len(filled) > 1 and all(map(_HEADS.fullmatch, filled))):
                yield cells
            cells = []


def _milestone(cells: list[str], institutions: Collection[str]) -> PastedMilestone:
    line = "\t".join(cells)
    label, first, *rest = "", *cells
    if rest and (not first or _BULLET.fullmatch(first)):
        first, *rest = rest
    elif rest and (found := _LABEL.fullmatch(first)):
        label, (first, *rest) = found[1], rest
    text = _BULLET.sub("", clean_pasted(first).strip(), count=1)
    if not label and (found := _LABEL_BEFORE.match(text)) and not period_in(found[0]):
        label, text = next(filter(None, found.groups())), text[found.end() :]
    dates = [cell for cell in rest if period_in(cell)]
    leads = [cell for cell in rest if folded(cell) in institutions]
    others = [cell for cell in rest if cell and cell not in (*dates, *leads)]
    if not dates and others:
        dates = [others.pop(0)]
    if not leads and others:
        leads = [others.pop(0)]
    others += [*dates[2:], *leads[1:]]
    words = _("“%s” was not used. Add it below if it belongs to the milestone.")
    return PastedMilestone(
        line=line,
        label=label,
        text=text,
        start=dates[0] if len(dates) > 1 else "",
        due=(dates[1:2] or dates or [""])[0],
        lead=leads[0] if leads else "",
        unread=tuple(words % cell for cell in others),
    )
