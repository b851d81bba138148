"""The sentence that a page quotes from the text of a commitment."""

import re
from html import unescape

from django.utils.html import strip_tags

from ogp_tracker.common.prose import without_marks

QUOTED = 240  # characters

_BLOCK_END = "\x1e"
# No sentence ends with an abbreviation such as “e.g.”.
_SENTENCE_END = re.compile(r"(?<=[^.]{3}[.!?])\s+(?=[“\"'(]?[A-ZÀ-Þ])|\x1e")


def promise_in(text: str) -> str:
    """The first sentence that says what will be done, else the first; not too long to quote."""
    blocks = re.sub(r"</(?:p|li|h\d)>", _BLOCK_END, without_marks(text))
    plain = unescape(strip_tags(blocks))
    sentences = [" ".join(one.split()) for one in _SENTENCE_END.split(plain) if one.strip()]
    promising = (one for one in sentences if " will " in one and len(one) <= QUOTED)
    chosen = next(promising, sentences[0] if sentences else "")
    if len(chosen) <= QUOTED:
        return chosen
    return f"{chosen[:QUOTED].rsplit(' ', 1)[0].rstrip(',;:')} …"
