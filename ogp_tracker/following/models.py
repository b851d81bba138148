"""Subscriptions to email alerts, and the changes that alerts know of."""

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class SeenChange(models.Model):
    """A public change that alerts know of, numbered in the order in which it was first seen.

    The time of a change does not say when readers could first see it: an assessment has only a
    date, and what belongs to a draft is published with it. Alerts count by these numbers instead.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    source = models.CharField(max_length=30)
    key = models.PositiveBigIntegerField()
    moment = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="alert_change_once"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.source} {self.key}"


class Follower(models.Model):
    """An address to which alerts go, and nothing else; deleted when its owner asks for it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.EmailField(max_length=254)
    unsettled_email = models.UUIDField(
        null=True, help_text=_("The email that was begun and not settled.")
    )
    refused = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many emails in a row the mail server refused for good.")
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("address"), name="alert_follower_address_once"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def due(self, week: str) -> Self:
        confirmed = self.filter(confirmed_at__isnull=False, last_sent__isnull=False)
        return confirmed.exclude(how_often="weekly", week=week)


class Subscription(models.Model):
    """It counts once it is confirmed."""

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
    last_sent = models.PositiveBigIntegerField(
        null=True, help_text=_("The number of the last change that was sent.")
    )
    week = models.CharField(max_length=8, blank=True, help_text=_("The last week of a digest."))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
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
