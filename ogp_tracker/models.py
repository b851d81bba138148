"""Rows of the whole site."""

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ogp_tracker.following.querysets import SubscriptionQuerySet


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
    """The version of the public data; there is one row (`ogp_tracker.opendata.version`)."""

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
    """A numbered package of the public data that never changes (`ogp_tracker.opendata.releases`)."""

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


class SeenChange(models.Model):
    """A public change that alerts know of, numbered in the order in which it was first seen.

    The time of a change does not say when readers could first see it: an assessment has but a day,
    and what belongs to a draft comes out with it. Alerts count by these numbers instead.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    source = models.CharField(max_length=30)
    key = models.PositiveBigIntegerField()
    moment = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "alert_change"
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="alert_change_once"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.source} {self.key}"


class Follower(models.Model):
    """An address to which alerts go, and nothing else; deleted when its owner wants it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.EmailField(max_length=254)
    mail = models.UUIDField(null=True, help_text=_("The mail that was begun and not settled."))
    refused = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many mails in a row the mail server refused for good.")
    )

    class Meta:
        db_table = "alert_follower"
        constraints = (
            models.UniqueConstraint(Lower("address"), name="alert_follower_address_once"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Subscription(models.Model):
    """What a follower wants to be told of, and how often; it counts once it is confirmed."""

    class HowOften(models.TextChoices):
        AT_ONCE = "at_once", _("As soon as something changes")
        WEEKLY = "weekly", _("Once a week")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    how_often = models.CharField(max_length=10, choices=HowOften)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told = models.PositiveBigIntegerField(
        null=True, help_text=_("The number of the last change that was told.")
    )
    week = models.CharField(max_length=8, blank=True, help_text=_("The last week of a digest."))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        db_table = "alert_subscription"
        ordering = ("made_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("follower", "kind", "key"), name="alert_subscription_once"
            ),
            models.CheckConstraint(
                name="alert_subscription_how_often_known",
                condition=models.Q(how_often__in=["at_once", "weekly"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
