"""Rows of the whole site."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SharedValue(models.Model):
    """An entry of the cache that all processes share; only Django's database cache uses it.

    It is a model so that `migrate` makes the table, on every database and in the tests.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shared_cache"

    def __str__(self) -> str:
        return self.cache_key


class PublicVersion(models.Model):
    """The version of the public data; there is one row (`ogp_tracker.data.version`)."""

    mark = models.CharField(max_length=32)
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "public_version"
        constraints = (
            models.CheckConstraint(name="public_version_is_one", condition=models.Q(id=1)),
        )

    def __str__(self) -> str:
        return self.mark


class Release(models.Model):
    """A numbered package of the public data that never changes (`ogp_tracker.data.releases`)."""

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
        db_table = "data_release"
        ordering = ("-made_at",)
        verbose_name = _("release of the data")
        verbose_name_plural = _("releases of the data")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the address of its page, which is for ever."""
        return reverse("data_release", args=[self.number])


class Searchable(models.Model):
    """The words of a row that can be found; read only, since triggers write it.

    What the table is made of differs with the database (`ogp_tracker.search.index`), so a
    migration makes it by hand.
    """

    key = models.BigIntegerField(primary_key=True, db_column="rowid")
    head = models.TextField()
    body = models.TextField()
    words = models.TextField(db_column="searchable")

    class Meta:
        db_table = "searchable"
        managed = False

    def __str__(self) -> str:
        return self.head
