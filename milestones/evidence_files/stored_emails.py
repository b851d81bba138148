"""Stored emails, which carry the addresses of those who wrote and received them."""

import re

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from .reading import chunks_with_overlap

REFUSED = _(
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


def is_stored_email(file: File, start: bytes, beginning: str | None, name: str) -> bool:
    """`start` are the first bytes, `beginning` is how the text begins, if it is one."""
    if name.lower().endswith((".eml", ".emlx", ".msg", ".mbox", ".pst")):
        return True
    if beginning is not None:
        text = beginning.replace("\r\n", "\n")
        return bool(ON_ITS_WAY.match(text) or WRITTEN.match(text))
    parts = chunks_with_overlap(file, len(OUTLOOK))
    return start.startswith(OLD_OFFICE) and any(OUTLOOK in part for part in parts)
