"""The words of `data/UK0096.txt`, sentence by sentence, and a way to look for them.

The text is that of OGP's page of commitment UK0096. Its line breaks come from a scan, so they
mean nothing; its bullets and numbers are shown by a page in its own way. What is left are words.

    shown = words_of(page_as_html)
    missing = [sentence for sentence in seed_sentences() if words(sentence) not in shown]
"""

import re
from pathlib import Path

from tests.pages import Element, Page

SEED = Path(__file__).parent / "data" / "UK0096.txt"

# What OGP's page puts around the commitment, not what it says of it.
FURNITURE = {
    "Skip Navigation",
    "United Kingdom",  # the way back to the member's page
    "Overview",
    "At-a-Glance",
    "Status:",
    "Institutions",
    "Policy Areas",
    "IRM Review",
    "Design i",
    "Implementation i",
    "Completion:",
    "Description",
    "Objective",
    "What is the public problem that the commitment will address?",
    "How will the commitment contribute to solve the public problem?",
    "Lead implementing organisation",
    "Timeline",
    "OGP values",
    "Verifiable and measurable milestones to fulfil the",
    "commitment",
    "Main Objective",
    "Milestones",
    "IRM Design Report Assessment",
    "Verifiable:",
    "Relevant:",
    "Potential impact:",
    "Commitment Analysis",
    "Commitments",
    "Open Government Partnership",
}

# Names of fields of which OGP's page gives the value in the same line.
FIELDS = (
    "Action Plan:",
    "Action Plan Cycle:",
    "Lead Institution:",
    "Support Institution(s):",
    "IRM Report:",
    "Early Results:",
    "Verifiable:",
    "Relevant to OGP Values:",
    "Ambition (see definition):",
)

# Lines that hold several names; a page may show these in another order or as a list.
NAMES = {
    "Capacity Building, Local Commitments, Public Participation",
    "United Kingdom Transitional Results Report 2019-2021, United Kingdom Design Report 2019-2021",
}

# Lines that are whole by themselves although the next line follows without a gap.
WHOLE = {
    "Other actors involved - government",
    "Representatives of all spheres of government in Devolved Administrations",
    "Other actors involved - CSOs, private sector, working groups, multilaterals, etc",
}

# The only line after a list that begins a new paragraph: the scan leaves no gap before it.
AFTER_THE_LIST = "It is proposed that this work will draw on the expertise from OGP and from the"

_BEGINS_ANEW = re.compile(r"(?:[●•]|\d\.|Commitment \d\.|\[\d+\](?= \w))\s*")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!])(\s\[\d+\])?\s(?=[A-Z“])")
_TITLE = re.compile(r"(?P<title>.+) \((?P<id>UK\d{4})\)")
_INLINE = {"a", "abbr", "b", "bdi", "cite", "code", "em", "i", "mark", "q", "small", "span"}
_INLINE |= {"strong", "sub", "sup", "time", "wbr"}
_UNSEEN = {"script", "style", "template"}


def words(text):
    even = re.sub(r"\s+", " ", re.sub(r"\s*(\[\d+\])", r" \1", text))
    return even.strip().casefold()


def words_of(html):
    return words("".join(_seen(Page("", html))))


def seed_sentences():
    """Yield the sentences, titles, names and values that the seed says of the commitment.

    Without bullets, numbers of lists and page furniture. A footnote's marker stays with the
    sentence before it, a footnote is without its own.
    """
    for block in _blocks():
        if block in NAMES:
            yield from block.split(", ")
        elif heading := _TITLE.fullmatch(block):
            yield from heading.groups()
        else:
            yield from _sentences(block)


def left_out():
    for line in _lines():
        if line in FURNITURE:
            yield line
        elif field := _field_of(line):
            yield field


def _lines():
    lines = (line.strip() for line in SEED.read_text(encoding="utf-8").splitlines())
    return [*lines, ""]


def _field_of(line):
    return next((name for name in FIELDS if line.startswith(f"{name} ")), "")


def _blocks():
    held = []
    for line in _lines():
        begins = _BEGINS_ANEW.match(line)
        field = _field_of(line)
        apart = not line or line in FURNITURE or line in WHOLE or line == AFTER_THE_LIST
        if apart or begins or field:
            yield from _joined(held)
            held = []
        if line in WHOLE:
            yield line
        elif line and line not in FURNITURE:
            start = begins.end() if begins else len(field)
            held.append(line[start:].strip())


def _joined(held):
    return [" ".join(held)] if held else []


def _sentences(block):
    start = 0
    for gap in _BETWEEN_SENTENCES.finditer(block):
        yield block[start : gap.end()].strip()
        start = gap.end()
    yield block[start:]


def _seen(element):
    """Yield what is visible; a block starts anew, an inline element does not."""
    apart = "" if element.tag in _INLINE else " "
    yield apart
    if element.tag not in _UNSEEN and "visually-hidden" not in element.classes:
        for part in element.inside:
            yield from _seen(part) if isinstance(part, Element) else [part]
    yield apart
