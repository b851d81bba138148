"""Receiving files no larger than evidence may be."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file and stops writing when it is too large.

    The rest is read and forgotten, so that a large file fills no disk and yet loses nothing else
    of the form. The file keeps its true size, by which it is then refused.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.room = settings.EVIDENCE_MAX_MEGABYTES * 1024**2 + 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        super().receive_data_chunk(raw_data[: self.room], start)
        self.room -= min(self.room, len(raw_data))
