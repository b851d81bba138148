"""One public page as it is kept and given out: whole, compressed, or “you have it already”."""

import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from django.http import HttpResponse

OF_ONE_FORM = {"content-length", "etag", "vary"}
"""Headers that each form of the answer has of its own."""
OF_THE_CONTENT = {"content-type", "content-language", "content-length", "content-encoding"}
"""Headers that say nothing where no content follows."""

COMPRESSION = 6
NO_GZIP = re.compile(r"gzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)")

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Form:
    """What the server is handed: the headers and the content, and the headers of a 304."""

    etag: str
    headers: Headers
    content: bytes
    not_modified: Headers


class Answer:
    """The answer to a GET of one address, under the stamp of the data and the day it was made of.

    Its mark (ETag) is that of its content: a write elsewhere leaves the copies of readers good.
    """

    __slots__ = ("_compressed", "_given", "_whole", "renewing", "stamp")

    def __init__(self, stamp: str, headers: Iterable[tuple[str, str]], content: bytes) -> None:
        self.stamp = stamp
        self._given = list(headers)
        self._whole = self._form(content, sha256(content).hexdigest()[:32])
        self._compressed: Form | None = None
        self.renewing = Lock()
        """Held by whoever makes the page anew, so that not all who ask for it do."""

    @classmethod
    def of(cls, stamp: str, answer: HttpResponse) -> "Answer":
        """Take over what Django answered."""
        return cls(stamp, answer.items(), answer.content)

    @property
    def size(self) -> int:
        """Return about how many bytes of memory this takes, the compressed form included."""
        return 3000 + len(self._whole.content) * 5 // 4

    def form_for(self, accepted: str) -> Form:
        """Return the form for a reader who accepts these encodings."""
        if "gzip" not in accepted or NO_GZIP.search(accepted):
            return self._whole
        if self._compressed is None:
            whole = self._whole
            content = gzip.compress(whole.content, COMPRESSION, mtime=0)
            self._compressed = self._form(
                content, f"{whole.etag[1:-1]}-gzip", ("Content-Encoding", "gzip")
            )
        return self._compressed

    def to_bytes(self) -> bytes:
        """Return this for another process, without the stamp."""
        return json.dumps(self._given).encode() + b"\n" + self._whole.content

    @classmethod
    def from_bytes(cls, stamp: str, kept: bytes) -> "Answer":
        """Return what another process has kept under this stamp; ValueError if it is no answer."""
        headers, _newline, content = kept.partition(b"\n")
        pairs: Any = json.loads(headers)
        return cls(stamp, [(str(name), str(value)) for name, value in pairs], content)

    def _form(self, content: bytes, mark: str, *more: tuple[str, str]) -> Form:
        etag = f'"{mark}"'
        vary = [value for name, value in self._given if name.lower() == "vary"]
        headers = [
            *(pair for pair in self._given if pair[0].lower() not in OF_ONE_FORM),
            *more,
            ("Content-Length", str(len(content))),
            ("Vary", ", ".join([*vary, "Accept-Encoding"])),
            ("ETag", etag),
        ]
        bare = [pair for pair in headers if pair[0].lower() not in OF_THE_CONTENT]
        return Form(etag, headers, content, bare)


def is_known(asked: str, etag: str) -> bool:
    """Return whether the marks of the copies that a reader has (If-None-Match) name this one.

    A proxy that has changed the form on the way makes a mark weak; the content is still the same.
    """
    if asked == etag or asked.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag for one in asked.split(","))
