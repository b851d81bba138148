"""Receiving files no larger than evidence may be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file and stops writing when it is too large.

    The rest is read and forgotten, so that a large file fills no disk and yet loses nothing else
    of the form. The file keeps its true size, by which it is then refused. A file that the disk
    has no room for is left out; `request.upload_error` then says why, and which file it was.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._or_skipped():
            super().new_file(*args, **kwargs)
        self.room = settings.EVIDENCE_MAX_MEGABYTES * 1024**2 + 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._or_skipped():
            super().receive_data_chunk(raw_data[: self.room], start)
        self.room -= min(self.room, len(raw_data))

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            with self._or_skipped():
                return super().file_complete(file_size)
        except SkipFile:
            return None

    @contextmanager
    def _or_skipped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            error.filename = self.file_name
            self.request.upload_error = error  # type: ignore[union-attr]
            raise SkipFile from error
