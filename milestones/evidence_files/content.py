"""What a file is, judged by its content; its name only says how a text is meant.

Nothing is unpacked and no picture is decoded: a file is read from beginning to end at most once,
in constant memory. `docs/decisions/` says what this can and cannot find.
"""

import re

from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.evidence_files import archives, pictures, texts

from .kinds import KINDS, EvidenceKind, FileRefused, in_words
from .reading import chunks_with_overlap, head, tail

STORED_EMAIL = gettext_lazy(
    "This is a stored email, which carries the email addresses of the people in it. Save its"
    " attachment, or its text without the addresses as PDF, and choose that."
)

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OUTLOOK = "__properties_version1.0".encode("utf-16-le")
"""A member that every .msg of Outlook has, whatever its name."""

BY_SERVERS = r"Return-Path|Received|Delivered-To|X-Original-To|Message-ID|DKIM-Signature|ARC-\w+"
ON_ITS_WAY = re.compile(
    rf"\A\s*(?:From \S+@|(?:{BY_SERVERS}|X-[\w-]+|Authentication-Results):)", re.IGNORECASE
)
BY_PEOPLE = "From|To|Cc|Bcc|Sender|Reply-To|Subject|Date|MIME-Version|Content-[a-z-]+"

# Lines of a head down to one of people with an address in it.
WRITTEN = re.compile(
    rf"\A\s*(?:(?:{BY_PEOPLE}):.*\n(?:[ \t].*\n)*)*(?:From|To|Cc|Bcc|Sender|Reply-To):.*\w@\w",
    re.IGNORECASE,
)


def _is_stored_email(file: File, start: bytes, beginning: str | None, name: str) -> bool:
    """`start` are the first bytes, `beginning` is how the text begins, if it is one."""
    if name.lower().endswith((".eml", ".emlx", ".msg", ".mbox", ".pst")):
        return True
    if beginning is not None:
        text = beginning.replace("\r\n", "\n")
        return bool(ON_ITS_WAY.match(text) or WRITTEN.match(text))
    parts = chunks_with_overlap(file, len(OUTLOOK))
    return start.startswith(OLD_OFFICE) and any(OUTLOOK in part for part in parts)


PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"

HEADER_WITHIN, END_WITHIN = 1024, 2048

LOCKED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
LOCK_LENGTH = 64
"""More bytes than the mark of a locked PDF can have."""


def kind_of(file: File, name: str, *, allowed: list[str], largest: int) -> EvidenceKind:
    """Raises FileRefused if it is not taken; `allowed` are keys of `KINDS`, `largest` is bytes."""
    if not file.size:
        raise FileRefused(_("This file is empty. Look whether it is the right one."))
    if file.size > largest:
        raise FileRefused(
            _(
                "This file has %(size)s; at most %(largest)s are taken. Make it smaller, or"
                " publish it elsewhere and give its address."
            )
            % {"size": filesizeformat(file.size), "largest": filesizeformat(largest)}
        )
    if (key := _key_of(file, name, allowed)) not in allowed:
        sentence = _("This kind of file (%(kind)s) is not taken here. %(do)s")
        raise FileRefused(sentence % {"kind": KINDS[key].word, "do": _save_as(allowed)})
    return KINDS[key]


def _key_of(file: File, name: str, allowed: list[str]) -> str:
    start = head(file, HEADER_WITHIN)
    if start.startswith(PDF):
        return _checked_pdf(file)
    if start.startswith(ZIP):
        return archives.key_of(file, _save_as(allowed))
    if start.startswith(PNG):
        return pictures.checked_png(file)
    if start.startswith(JPEG):
        return pictures.checked_jpeg(file)
    if _is_pdf_behind_bytes(file, start, name):
        return _checked_pdf(file)
    beginning = texts.beginning_of(file)
    if _is_stored_email(file, start, beginning, name):
        raise FileRefused(STORED_EMAIL)
    if beginning is None:
        word = _known_word(start) or _("a file of an unknown kind, or a damaged one")
    elif not (word := texts.refused_word(beginning)):
        return texts.key_by_name(name)
    sentence = _("This is %(kind)s, which is not taken here. %(do)s")
    raise FileRefused(sentence % {"kind": word, "do": _save_as(allowed)})


def _is_pdf_behind_bytes(file: File, start: bytes, name: str) -> bool:
    """Return whether a PDF begins behind other bytes that make it nothing else.

    Readers of PDFs look for its header in the first 1,024 bytes. A text that only mentions the
    header is neither called .pdf nor does it end like one.
    """
    before, header, _rest = start.partition(PDF)
    text = before.decode("utf-8-sig", "replace")
    if not header or _known_word(before) or texts.refused_word(text):
        return False
    return name.lower().endswith(".pdf") or b"%%EOF" in tail(file, END_WITHIN)


def _checked_pdf(file: File) -> str:
    if b"%%EOF" not in tail(file, END_WITHIN):
        raise FileRefused(
            _("This PDF is cut off: its end is missing. Save or download it again, and choose it.")
        )
    if any(LOCKED_PDF.search(chunk) for chunk in chunks_with_overlap(file, LOCK_LENGTH)):
        sentence = _(
            "This PDF is locked by a password or against changes, so that not every reader can"
            " open or search it. Save a copy without protection, and choose that."
        )
        raise FileRefused(sentence)
    return "pdf"


def _known_word(start: bytes) -> str:
    if start.startswith(OLD_OFFICE):
        return _("an Office file that is locked by a password, or of a kind from before 2007")
    if start[4:8] == b"ftyp":
        photograph = start[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"avif"}
        return _("a photograph in the form HEIC or AVIF") if photograph else _("a film")
    if start[:4] == b"RIFF":
        return _("a picture in the form WebP, a sound or a film")
    for signatures, word in (
        ((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"), _("a program")),
        ((b"GIF8", b"BM", b"II*\x00", b"MM\x00*"), _("a picture of another form")),
        ((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"), _("a packed archive")),
        ((b"PK\x05\x06", b"PK\x07\x08"), _("an empty or split archive")),
    ):
        if start.startswith(signatures):
            return word
    return ""


def _save_as(allowed: list[str]) -> str:
    return _("Save it as one of these and choose that: %(kinds)s.") % {"kinds": in_words(allowed)}
