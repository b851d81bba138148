"""The version of the public data, and its releases."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PublicVersion(models.Model):
    """The version of the public data; there is one row (`ogp_tracker/opendata/version.py`)."""

    version = models.CharField(max_length=32)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="public_version_is_one", condition=models.Q(id=1)),
        )

    def __str__(self) -> str:
        return self.version


class Release(models.Model):
    """A numbered package of the public data that never changes (`releases.py`)."""

    number = models.CharField(_("number"), max_length=12, unique=True)
    made_at = models.DateTimeField(_("made at"))
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.JSONField(_("rows in each table"))
    changes = models.JSONField(
        _("what changed"),
        help_text=_("Rows added, changed and removed in each table since the release before."),
    )

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("release of the data")
        verbose_name_plural = _("releases of the data")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("data_release", args=[self.number])
