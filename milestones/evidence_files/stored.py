"""A file that is kept, apart from the row that says what it is for."""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from .kinds import EvidenceKind


@dataclass(frozen=True)
class StoredFile:
    """Where a file is kept below MEDIA_ROOT, and what it is."""

    path: str
    name: str
    """The officer's own name of it, made safe to show and to save."""
    media_type: str
    size: int
    sha256: str

    def columns(self) -> dict[str, Any]:
        return {
            "file": self.path,
            "file_name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }


LONGEST = 120

# What a file system or a browser may take for something else than a letter of a name.
NOT_IN_A_NAME = frozenset('<>:"|?*%')


def clean_name(name: str, kind: EvidenceKind) -> str:
    """Return the name of an uploaded file as it is shown and as readers save it.

    Folders, control characters and characters that turn the direction of writing are gone, it is
    never longer than `LONGEST`, and its ending says what the content is: a PDF called “x.html”
    becomes “x.html.pdf”.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Cc and Cf are control characters, among them those that hide or turn text; Cs, Co and Cn
    # are no characters at all.
    letters = (
        " " if letter.isspace() else "_" if letter in NOT_IN_A_NAME else letter
        for letter in name
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    name = " ".join("".join(letters).split()).strip(". ")
    path = PurePosixPath(name)
    ending = path.suffix.lower() if path.suffix.lower() in kind.endings else ""
    stem = name[: len(name) - len(ending)] if ending else name
    ending = ending or kind.endings[0]
    # Half of a letter with its accents is no letter; what is left of it may end in a space.
    stem = stem[: LONGEST - len(ending)].rstrip(". ") or "file"
    return stem + ending
