"""A table as CSV after RFC 4180: UTF-8, commas, every cell in quotation marks, CRLF.

A cell that a spreadsheet could take for a formula gets an apostrophe in front
(`ogp_tracker.data.formulas`).
"""

from collections.abc import Iterable, Iterator

from ogp_tracker.data.formulas import harmful_behind, harmless
from ogp_tracker.data.rows import Block

# Signs that hardly ever stand in a text: cells and rows are told apart by them while a whole block
# is made safe at once, which takes a fraction of the time that cell by cell takes. Every cell
# comes behind the first of them.
CELL = "\x1f"
ROW = "\x1e" + CELL
BETWEEN_CELLS, BETWEEN_ROWS = '","', '"\r\n"'


BEFORE_A_FORMULA = harmful_behind(CELL)


def to_csv(names: list[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    """Yield the file, its first line with the names of the columns, block by block."""
    yield _slowly([tuple(names)])
    for block in blocks:
        yield _block(block)


def _block(rows: Block) -> bytes:
    text = CELL + ROW.join(map(CELL.join, rows))
    if text.count(CELL) != len(rows) * len(rows[0]) or text.count(ROW) != len(rows) - 1:
        return _slowly(rows)
    if '"' in text:
        text = text.replace('"', '""')
    text = BEFORE_A_FORMULA.sub(f"{CELL}'", text)
    return f'"{text[1:].replace(ROW, BETWEEN_ROWS).replace(CELL, BETWEEN_CELLS)}"\r\n'.encode()


def _slowly(rows: Block) -> bytes:
    """Give the same cell by cell, for texts that hold the signs themselves."""
    lines = (BETWEEN_CELLS.join(harmless(cell).replace('"', '""') for cell in row) for row in rows)
    return f'"{BETWEEN_ROWS.join(lines)}"\r\n'.encode()
