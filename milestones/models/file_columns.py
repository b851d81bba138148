"""The columns of a row that may have a file."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones.evidence_files.kinds import BY_MEDIA_TYPE
from milestones.evidence_files.stored import StoredFile

NO_FILE = Q(file="", file_name="", media_type="", size=None, sha256="")
WHOLE_FILE = (
    ~Q(file="")
    & ~Q(file_name="")
    & ~Q(media_type="")
    & Q(size__isnull=False, size__gt=0)
    & ~Q(sha256="")
)


class FileColumns(models.Model):
    """A file with what is known of it; all of these columns are filled in, or none."""

    file = models.FileField(_("file"), upload_to="evidence/", blank=True)
    file_name = models.CharField(_("name of the file"), max_length=150, blank=True)
    media_type = models.CharField(_("kind of file"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, blank=True)

    class Meta:
        abstract = True

    @property
    def stored(self) -> StoredFile | None:
        if not self.file or self.size is None:
            return None
        return StoredFile(
            path=self.file.name or "",
            name=self.file_name,
            media_type=self.media_type,
            size=self.size,
            sha256=self.sha256,
        )

    @property
    def kind_in_words(self) -> str:
        kind = BY_MEDIA_TYPE.get(self.media_type)
        return str(kind.word) if kind else self.media_type
