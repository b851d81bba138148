"""What is kept of sign-in beside the accounts themselves."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.approvers import account_name
from ogp_tracker.common.fields import ProtectedKey

OPEN_FOR = timedelta(days=7)
"""How long a change waits for somebody to confirm it, and the link works."""


class SharedValue(models.Model):
    """An entry of Django's database cache; a model, so that `migrate` makes its table."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shared_cache"

    def __str__(self) -> str:
        return self.cache_key


class ChangeKind(models.TextChoices):
    INVITED = "invited", gettext_lazy("Invitation sent")
    ROLE = "role", gettext_lazy("Role")
    ADDRESS = "address", gettext_lazy("Email address")
    TWO_STEPS = "two_steps", gettext_lazy("Two-step verification")
    ACCESS = "access", gettext_lazy("Account")
    ASKED = "asked", gettext_lazy("Change asked for")
    CONFIRMED = "confirmed", gettext_lazy("Change confirmed")
    REFUSED = "refused", gettext_lazy("Change refused")


class RequestState(models.TextChoices):
    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class AccountChange(models.Model):
    """One line of the log of an account; append-only (`guards.py`)."""

    Kind = ChangeKind

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(max_length=20, choices=ChangeKind)
    old = models.CharField(max_length=600, blank=True)
    new = models.CharField(max_length=600, blank=True)
    # Without: by a command or in a shell, on the server.
    by = ProtectedKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="accounts_accountchange_kind_known",
                condition=Q(kind__in=ChangeKind.values),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.get_kind_display()}"


class ChangeRequest(models.Model):
    """What an administrator wants to change about an account that others could take over by it.

    Without a new address: two-step verification is to be reset.
    """

    State = RequestState

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="change_requests"
    )
    old_address = models.EmailField(blank=True)
    new_address = models.EmailField(blank=True)
    asked_by = ProtectedKey(settings.AUTH_USER_MODEL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # When the mail server took the link to the old address.
    told_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=RequestState, default=RequestState.OPEN)
    settled_by = ProtectedKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("account",),
                condition=Q(state="open"),
                name="accounts_changerequest_one_open",
            ),
            models.CheckConstraint(
                name="accounts_changerequest_state_known",
                condition=Q(state__in=RequestState.values),
            ),
            models.CheckConstraint(
                name="accounts_changerequest_confirmed_by_another",
                condition=~Q(state="confirmed")
                | (Q(settled_by__isnull=False) & ~Q(settled_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="accounts_changerequest_not_for_oneself",
                condition=~Q(asked_by=F("account")),
            ),
        )

    def __str__(self) -> str:
        """What is asked for, to follow “asks to”."""
        words = {"name": account_name(self.account), "new": self.new_address}
        if not self.new_address:
            return _("reset two-step verification for %(name)s") % words
        words["old"] = self.old_address or _("none")
        return _("change the email address of %(name)s from %(old)s to %(new)s") % words

    @property
    def ends_at(self) -> datetime:
        return self.asked_at + OPEN_FOR
