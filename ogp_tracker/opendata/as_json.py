"""A table as JSON (RFC 8259): one array with an object for each row; or JSON Lines, one a line.

Numbers are numbers, yes and no are booleans, a list is an array, and what a row does not have is
null. Text is text: if there is none, it is the empty text.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import orjson

from ogp_tracker.opendata.columns import Column, ColumnKind
from ogp_tracker.opendata.rows import Block

# As in CSV: a control character that texts hardly ever contain separates the cells of a column
# while all of them are escaped at once.
CELL = b"\x1f"
ESCAPED = {b"\\": b"\\\\", b'"': b'\\"', b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t"}
"""What has to be escaped, the backslash first."""
OTHER_CONTROLS = bytes(sign for sign in range(0x20) if bytes([sign]) not in ESCAPED)

WRITTEN: dict[ColumnKind, Callable[[bytes], bytes]] = {
    "integer": lambda cell: cell or b"null",
    "boolean": lambda cell: cell,
    "date": lambda cell: b'"' + cell + b'"' if cell else b"null",
    "datetime": lambda cell: b'"' + cell + b'"' if cell else b"null",
}
"""How a cell of each kind is written; a text is in quotation marks."""


def to_json(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Iterator[bytes]:
    objects = _objects(columns)
    before = b"[\n"
    for block in blocks:
        yield before + b",\n".join(objects(block))
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def to_json_lines(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Iterator[bytes]:
    objects = _objects(columns)
    for block in blocks:
        yield b"\n".join(objects(block)) + b"\n"


def _objects(columns: tuple[Column, ...]) -> Callable[[Block], Iterator[bytes]]:
    as_object = b"{" + b",".join(map(_place, columns)) + b"}"
    typed = {
        place: WRITTEN.get(column.kind) or _written_slowly(column)
        for place, column in enumerate(columns)
        if column.kind != "string"
    }

    def objects(block: Block) -> Iterator[bytes]:
        everything = b"".join(chain.from_iterable(block))
        if len(everything.translate(None, OTHER_CONTROLS)) != len(everything):
            return _slowly(columns, block)
        cells: list[Iterable[bytes]] = list(zip(*block, strict=True))
        if signs := [sign for sign in ESCAPED if sign in everything]:
            cells = [_escaped(column, signs) for column in cells]
        for place, written in typed.items():
            cells[place] = map(written, cells[place])
        return map(as_object.__mod__, zip(*cells, strict=True))

    return objects


def _escaped(column: Iterable[bytes], signs: list[bytes]) -> Iterable[bytes]:
    """The cells of a column with these characters escaped; none of the cells contains `CELL`."""
    together = CELL.join(column)
    found = [sign for sign in signs if sign in together]
    for sign in found:
        together = together.replace(sign, ESCAPED[sign])
    return together.split(CELL) if found else column


def _place(column: Column) -> bytes:
    return b'"%b":%b' % (column.name.encode(), b'"%b"' if column.kind == "string" else b"%b")


def _written_slowly(column: Column) -> Callable[[bytes], bytes]:
    """For cells that have to be parsed; they come escaped."""
    return lambda cell: orjson.dumps(column.value_of(orjson.loads(b'"' + cell + b'"')))


def _slowly(columns: tuple[Column, ...], block: Block) -> Iterator[bytes]:
    for row in block:
        cells = zip(columns, row, strict=True)
        yield orjson.dumps({column.name: column.value_of(cell.decode()) for column, cell in cells})
