"""Plain texts and tables: telling them from files that only have the name of one."""

import codecs
import re

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from .kinds import KINDS, FileRefused
from .reading import chunks, head

LOOKED_AT = 1024
"""How many letters from the beginning tell a web page or a script; browsers look at as many."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# All control characters but the tab, the ends of line and page, and the mark of an old file's end.
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")

NOT_FOR_READERS = (
    (re.compile(r"\A\s*\{\\rtf"), _("an RTF document")),
    (re.compile(r"\A\s*%!PS"), _("a PostScript file")),
    (re.compile(r"\A\s*(?:#!|MIME-Version:)", re.IGNORECASE), _("a script or a stored web page")),
    (
        re.compile(
            r"\A\s*<[a-z!?%]|<(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php)\b",
            re.IGNORECASE,
        ),
        _("a web page, a drawing or a script"),
    ),
)


def beginning_of(file: File) -> str | None:
    """None if the file is no text. Raises FileRefused for a text without a single letter.

    UTF-8, UTF-16 with its mark, and Windows-1252, in which Excel writes tables, are taken.
    """
    encodings = ("utf-16",) if head(file, 2) in UTF_16 else ("utf-8-sig", "cp1252")
    found = (_read(file, encoding) for encoding in encodings)
    text = next((beginning for beginning in found if beginning is not None), None)
    if text is not None and not text.strip():
        raise FileRefused(_("There is no text in this file. Look whether it is the right one."))
    return text


def refused_word(beginning: str) -> str:
    """Return what a text is that begins like this if it is not taken, else an empty string."""
    return next((str(word) for pattern, word in NOT_FOR_READERS if pattern.search(beginning)), "")


def key_by_name(name: str) -> str:
    """Raises FileRefused for the name of a document or picture: its owner would find a text."""
    name = name.lower()
    for kind in KINDS.values():
        if kind.key not in {"csv", "txt"} and name.endswith(kind.endings):
            sentence = _(
                "The name of this file ends like that of another kind (%(kind)s), but there is"
                " only plain text in it. Save or download it again, and choose that."
            )
            raise FileRefused(sentence % {"kind": kind.word})
    return "csv" if name.endswith(".csv") else "txt"


def _read(file: File, encoding: str) -> str | None:
    """Return the beginning if every byte of the file is a letter of a text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    beginning = ""
    try:
        for chunk in chunks(file):
            text = decoder.decode(chunk)
            if CONTROL.search(text):
                return None
            if not beginning.strip():
                beginning = text[:LOOKED_AT]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return beginning
