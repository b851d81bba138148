"""Cells that a spreadsheet could take for a formula: made harmless, and restored.

A spreadsheet that opens a CSV file runs a cell which begins with =, +, - or @ (or their wide
forms), also after a tab or a line break. Such a cell gets an apostrophe in front, and so does one
that begins with apostrophes and then one of these characters, so that it can always be undone. The
rule is OWASP's on CSV injection. JSON needs none of it, and a cell of an XLSX file has its own
type.
"""

import re

SIGNS = "=+-@\t\r\n＝＋－＠"

_HARMFUL = re.compile(f"'*[{re.escape(SIGNS)}]")
_MADE_HARMLESS = re.compile(f"'+[{re.escape(SIGNS)}]")


def harmful_behind(sign: bytes) -> "re.Pattern[bytes]":
    """A pattern that finds `sign` wherever a harmful cell in UTF-8 follows it."""
    signs = b"|".join(re.escape(one.encode()) for one in SIGNS)
    return re.compile(re.escape(sign) + b"(?='*(?:" + signs + b"))")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet could run it."""
    return f"'{cell}" if _HARMFUL.match(cell) else cell


def as_written(cell: str) -> str:
    """The cell as it was before `harmless`."""
    return cell[1:] if _MADE_HARMLESS.match(cell) else cell
