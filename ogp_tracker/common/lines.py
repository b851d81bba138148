"""Published texts on one line, as emails and files for other programs take them."""

import re

from django.utils.translation import gettext as _

_NEVER = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids or advises against; no other format of ours has a use for it either."""


def one_line(text: object, instead: str = "") -> str:
    """With `instead` in place of every character that XML forbids."""
    return " ".join(_NEVER.sub(instead, " ".join(str(text).split())).split())


def one_short_line(text: object, limit: int = 200) -> str:
    words = one_line(text)
    return words if len(words) <= limit else _("%s…") % words[: limit - 1]
