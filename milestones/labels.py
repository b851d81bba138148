"""The label of a milestone for which the plan prints none: it goes on from the one before."""

import re
from collections.abc import Collection

LONGEST = 60
"""Characters of the column."""

FIRST = "0"
"""What the first milestone goes on from."""

# “2a” is followed by “2b”, and “a” by “b”, but no word by another one.
_NUMBERED = re.compile(r"(.*?)([0-9]+)")
_LETTERED = re.compile(r"(|.*[0-9.(-])([a-yA-Y])")


def next_label(last: str, taken: Collection[str] = ()) -> str:
    """“1.10” after “1.9”, “1.02” after “1.01”; "" if nothing follows, as after “Final report”."""
    label = _following(last)
    while label in taken and label:
        label = _following(label)
    return label


def _following(label: str) -> str:
    if found := _NUMBERED.fullmatch(label):
        following = found[1] + str(int(found[2]) + 1).zfill(len(found[2]))
        return following if len(following) <= LONGEST else ""
    if found := _LETTERED.fullmatch(label):
        return found[1] + chr(ord(found[2]) + 1)
    return ""
