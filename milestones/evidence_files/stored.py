"""A file that is kept, apart from the row that says what it is for."""

from dataclasses import dataclass
from typing import Any


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
