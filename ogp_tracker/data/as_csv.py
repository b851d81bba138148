"""A table as CSV after RFC 4180: UTF-8, commas, every cell in quotation marks, CRLF.

A cell that a spreadsheet could take for a formula gets an apostrophe in front
(`ogp_tracker.data.formulas`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ogp_tracker.data.formulas import harmful_behind, harmless
from ogp_tracker.data.rows import Block, RawBlock

# Signs that hardly ever stand in a text: cells and rows are told apart by them while a whole block
# is made safe at once, which takes a fraction of the time that cell by cell takes. Every cell
# comes behind the first of them.
CELL = b"\x1f"
ROW = b"\x1e" + CELL
BETWEEN_CELLS, BETWEEN_ROWS = b'","', b'"\r\n"'
BEFORE_A_FORMULA = harmful_behind(CELL)


def to_csv(names: list[str], blocks: Iterable[Block] | Iterable[RawBlock]) -> Iterator[bytes]:
    """Yield the file, its first line with the names of the columns, block by block.

    Cells in UTF-8 are written as they are; cells as text take longer.
    """
    yield _slowly([tuple(names)])
    for block in blocks:
        yield _slowly(block) if isinstance(block[0][0], str) else _block(block)


def _block(rows: Sequence[tuple[Any, ...]]) -> bytes:
    content = CELL + ROW.join(map(CELL.join, rows))
    if content.count(CELL) != len(rows) * len(rows[0]) or content.count(ROW) != len(rows) - 1:
        # A text holds the signs itself.
        return _slowly([tuple(cell.decode() for cell in row) for row in rows])
    if b'"' in content:
        content = content.replace(b'"', b'""')
    content = BEFORE_A_FORMULA.sub(CELL + b"'", content)
    content = content.replace(ROW, BETWEEN_ROWS).replace(CELL, BETWEEN_CELLS)
    # What stands before the first cell now is the end of a cell that there is not.
    return content[2:] + b'"\r\n'


def _slowly(rows: Sequence[tuple[Any, ...]]) -> bytes:
    lines = ('","'.join(harmless(cell).replace('"', '""') for cell in row) for row in rows)
    return ('"' + '"\r\n"'.join(lines) + '"\r\n').encode()
