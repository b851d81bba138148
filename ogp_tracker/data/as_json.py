"""A table as JSON (RFC 8259): one array with an object for each row; or JSON Lines, one a line.

Numbers are numbers, yes and no are booleans, a list is an array, and what a row does not have is
null. Text is text: if there is none, it is the empty text.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from ogp_tracker.data.columns import Column
from ogp_tracker.data.rows import Block


def to_json(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Iterator[bytes]:
    """Yield the array, block by block."""
    objects = _objects(columns)
    before = b"[\n"
    for block in blocks:
        yield before + b",\n".join(map(orjson.dumps, objects(block)))
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def to_json_lines(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Iterator[bytes]:
    """Yield one object a line, block by block."""
    objects = _objects(columns)
    for block in blocks:
        yield b"".join(
            orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in objects(block)
        )


def _objects(columns: tuple[Column, ...]) -> Callable[[Block], list[dict[str, Any]]]:
    """Return what turns a block into objects; only cells that are no text are looked at."""
    names = [column.name for column in columns]
    typed = [column for column in columns if column.kind != "string"]

    def objects(block: Block) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in block]
        for column in typed:
            for one in found:
                one[column.name] = column.value_of(one[column.name])
        return found

    return objects
