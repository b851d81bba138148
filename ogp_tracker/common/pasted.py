"""Text as it is pasted from a word processor, made into the Markdown that the site shows.

Word pastes a paragraph as a line, a bullet as a sign and a tab, and a line break as a vertical tab.
Characters that turn the direction of writing can make words read as their opposite ("Trojan
Source", CVE-2021-42574); no language of these pages needs them.
"""

import re
from itertools import pairwise

DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile("^[ \t]*[•◦▪‣·●○][ \t]+", re.MULTILINE)
_LISTED = re.compile(r"[ \t]*([-*+]|\d{1,9}[.)])[ \t]")


def clean_pasted(text: str) -> str:
    """Bullets as a list; lines as paragraphs where the text has no empty lines of its own."""
    plain = _BULLET.sub("- ", _BREAK.sub("\n", DIRECTION.sub("", text)))
    lines = plain.strip("\n").split("\n")
    if "" in lines or len(lines) == 1:
        return plain
    joined = lines[0]
    for before, line in pairwise(lines):
        both_listed = _LISTED.match(before) and _LISTED.match(line)
        joined += ("\n" if both_listed else "\n\n") + line
    return joined
