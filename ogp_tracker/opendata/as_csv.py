"""A table as CSV after RFC 4180: UTF-8, commas, every cell in quotation marks, CRLF.

A spreadsheet runs a cell which begins with =, +, - or @ (or their wide forms), also after a tab or
a line break. Such a cell gets an apostrophe in front, and so does one that begins with apostrophes
and then one of these characters, so that it can always be undone: OWASP's rule on CSV injection.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter

from ogp_tracker.common.texts import FORMULA_SIGNS
from ogp_tracker.opendata.rows import Block

SIGNS = FORMULA_SIGNS + "\t\r\n"

_HARMFUL = re.compile(f"'*[{re.escape(SIGNS)}]")
_MADE_HARMLESS = re.compile(f"'+[{re.escape(SIGNS)}]")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet could run it."""
    return f"'{cell}" if _HARMFUL.match(cell) else cell


def as_written(cell: str) -> str:
    return cell[1:] if _MADE_HARMLESS.match(cell) else cell


FIRST = itemgetter(slice(0, 1))
SUSPICIOUS = frozenset({b"'", *(sign.encode()[:1] for sign in SIGNS)})
"""The bytes with which a harmful cell begins, and some others."""

# Control characters that texts hardly ever contain: they separate cells and rows while a whole
# block is made safe at once, which takes a fraction of the time of cell by cell. Every cell follows
# the first of them.
CELL = b"\x1f"
ROW = b"\x1e" + CELL
BETWEEN_CELLS, BETWEEN_ROWS = b'","', b'"\r\n"'
# Byte by byte, since the cells are UTF-8 here.
_SIGNS = b"|".join(re.escape(one.encode()) for one in SIGNS)
BEFORE_A_FORMULA = re.compile(CELL + b"(?='*(?:" + _SIGNS + b"))")


def to_csv(names: list[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    yield _block([tuple(name.encode() for name in names)])
    yield from map(_block, blocks)


def _block(rows: Block) -> bytes:
    if SUSPICIOUS.isdisjoint(map(FIRST, chain.from_iterable(rows))):
        content = b'"' + BETWEEN_ROWS.join(map(BETWEEN_CELLS.join, rows)) + b'"\r\n'
        # If the only quotation marks are those around the cells, nothing has to be made safe.
        if content.count(b'"') == 2 * len(rows) * len(rows[0]):
            return content
    return _made_safe(rows)


def _made_safe(rows: Block) -> bytes:
    content = CELL + ROW.join(map(CELL.join, rows))
    if content.count(CELL) != len(rows) * len(rows[0]) or content.count(ROW) != len(rows) - 1:
        # A text contains the control characters itself.
        return _slowly(rows)
    if b'"' in content:
        content = content.replace(b'"', b'""')
    content = BEFORE_A_FORMULA.sub(CELL + b"'", content)
    content = content.replace(ROW, BETWEEN_ROWS).replace(CELL, BETWEEN_CELLS)
    # The first two bytes close a cell that does not exist.
    return content[2:] + b'"\r\n'


def _slowly(rows: Block) -> bytes:
    lines = ('","'.join(harmless(cell.decode()).replace('"', '""') for cell in row) for row in rows)
    return ('"' + '"\r\n"'.join(lines) + '"\r\n').encode()
