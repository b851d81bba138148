"""Evidence: what an update points at, closed with it once it is published."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from milestones.evidence_files.kinds import BY_MEDIA_TYPE
from milestones.evidence_files.stored import StoredFile
from ogp_tracker.common.constraints import FieldRule, FieldUnique, web_address
from ogp_tracker.common.fields import NameField, ProtectedKey, WebAddressField
from ogp_tracker.common.visibility import PublicQuerySet

from .update import ProgressUpdate

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
            self.file.name or "", self.file_name, self.media_type, self.size, self.sha256
        )

    @property
    def kind_in_words(self) -> str:
        kind = BY_MEDIA_TYPE.get(self.media_type)
        return str(kind.word) if kind else self.media_type


class LinkState(models.TextChoices):
    NONE = "none", _("no address")
    UNCHECKED = "unchecked", _("not checked yet")
    ALIVE = "alive", _("works")
    CLOSED_TO_CHECKS = "closed", _("not open to automatic checks")
    FAILING = "failing", _("does not work")


# Answers that say nothing about the address: it was not asked for, or turns programs away.
CLOSED_TO_CHECKS = ("401", "403", "429", "Not checked: ")


class Evidence(FileColumns):
    """What a progress update points at, so that a reader can check it."""

    uid = models.UUIDField(_("permanent id"), unique=True, default=uuid.uuid4, editable=False)
    update = ProtectedKey(ProgressUpdate, related_name="evidence", verbose_name=_("update"))
    title = NameField(_("title"), max_length=300)
    url = WebAddressField(_("address"), max_length=2000, blank=True)
    locator = models.CharField(
        _("page or paragraph"), max_length=200, blank=True, help_text=_("Where to look in it.")
    )
    archived_url = WebAddressField(_("archived copy"), max_length=2000, blank=True)
    last_checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    last_answer = models.CharField(_("answer when last checked"), max_length=120, blank=True)
    last_alive_at = models.DateTimeField(_("last seen working"), null=True, blank=True)

    public_if = ProgressUpdate.public_if.behind("update")
    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = (
            FieldRule(
                field="url",
                name="milestones_evidence_address_or_file",
                condition=~Q(url="") | ~Q(file=""),
                message=_("Give an address or a file."),
            ),
            FieldRule(
                field="file",
                name="milestones_evidence_file_is_whole",
                condition=NO_FILE | WHOLE_FILE,
                message=_("A file has its name, kind, size and checksum."),
            ),
            FieldUnique(
                field="title",
                fields=("update", "title", "url", "sha256"),
                name="milestones_evidence_once",
                message=_("This report already gives this evidence."),
            ),
            web_address("url", "milestones_evidence_address_is_web"),
            web_address("archived_url", "milestones_evidence_archive_is_web"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def file_address(self) -> str:
        """Not found before publication."""
        return reverse("evidence_file", args=[self.uid, self.file_name])

    @property
    def link_state(self) -> LinkState:
        if not self.url:
            return LinkState.NONE
        if self.last_checked_at is None:
            return LinkState.UNCHECKED
        if self.last_alive_at is not None and self.last_alive_at >= self.last_checked_at:
            return LinkState.ALIVE
        if self.last_answer.startswith(CLOSED_TO_CHECKS):
            return LinkState.CLOSED_TO_CHECKS
        return LinkState.FAILING


class EvidenceUpload(FileColumns):
    """A file that an officer has chosen, kept until the update that it is for is accepted."""

    uid = models.UUIDField(_("id"), unique=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="evidence_uploads",
        verbose_name=_("account"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("kept upload")
        verbose_name_plural = _("kept uploads")
        constraints = (
            FieldRule(
                field="sha256",
                name="milestones_upload_file_is_whole",
                condition=WHOLE_FILE,
                message=_("A file has its name, kind, size and checksum."),
            ),
        )

    def __str__(self) -> str:
        return self.file_name
