"""Published texts on one line, for files that other programs read."""

import re

_NEVER = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids or advises against; no other format of ours has a use for it either."""


def one_line(text: object, instead: str = "") -> str:
    """The text on one line, with `instead` in place of every character that XML cannot hold."""
    return " ".join(_NEVER.sub(instead, " ".join(str(text).split())).split())
