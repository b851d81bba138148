"""What all that is signed off has in common: who wrote, signed off and published it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution
from commitments.rights import Rights
from ogp_tracker.common.constraints import FieldRule, web_address
from ogp_tracker.common.fields import NameField, ProtectedKey, WebAddressField

IN_THE_MAKING = Q(state__in=["draft", "returned"])
"""What an officer is still writing may be incomplete: the rules are asked when it is submitted."""


class SignedOff(models.Model):
    """A statement by government that is signed off before it is published, and then closed.

    What the services and pages of sign-off ask of one is here or in `Statement`; apps above may
    have others (`services/sign_off.py` says how).
    """

    if TYPE_CHECKING:
        commitment: Any
        co_signed_by: User | None
        co_signed_by_id: int | None
        institution_id: int | None
        is_from_document: Any
        narrative: Any
        provenance: Any
        recorded_by_id: int | None
        source_title: str
        source_url: str
        steps: Any
        target: Any

        def get_absolute_url(self) -> str: ...

    asks_civil_society = True
    """Whether civil society has to agree where the plan asks for that."""
    locked_with: tuple[str, ...] = ("institution__nation", "commitment__plan")
    """What is fetched with a row that is locked."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        PUBLISHED = "published", _("Published")

    institution = ProtectedKey(
        Institution,
        null=True,
        related_name="%(class)ss",
        verbose_name=_("institution"),
        help_text=_("Who says so. Empty only if a document does not say who wrote it."),
    )
    recorded_by = ProtectedKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    signed_off_by = ProtectedKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", verbose_name=_("signed off by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_in_the_making(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.RETURNED}


class Statement(SignedOff):
    """What civil society may have to agree to, and what may come from a document."""

    uid = models.UUIDField(_("permanent id"), unique=True, default=uuid.uuid4, editable=False)
    co_signed_by = ProtectedKey(
        settings.AUTH_USER_MODEL,
        null=True,
        related_name="+",
        verbose_name=_("agreed by, for civil society"),
    )
    source_title = NameField(
        _("source"),
        max_length=300,
        blank=True,
        help_text=_("The document that the words come from, if no officer wrote them here."),
    )
    source_url = WebAddressField(_("address of the source"), max_length=500, blank=True)
    source_locator = models.CharField(
        _("place in the source"), max_length=200, blank=True, help_text=_("Page or paragraph.")
    )

    class Meta:
        abstract = True

    @property
    def is_from_document(self) -> bool:
        return bool(self.source_title)


def published_has_time(prefix: str) -> FieldRule:
    return FieldRule(
        field="published_at",
        name=f"{prefix}_published_has_time",
        condition=Q(state="published", published_at__isnull=False)
        | (Q(state__in=["draft", "submitted", "returned"]) & Q(published_at=None)),
        message=_("Only what is published has its time of publication."),
    )


def sign_off_rules(prefix: str) -> tuple[models.BaseConstraint, ...]:
    return published_has_time(prefix), web_address("source_url", f"{prefix}_source_is_web")


def seen_signed_off(rights: Rights) -> Q:
    seen = Q(published_at__isnull=False, commitment__in=rights.seen_commitments())
    seen |= Q(recorded_by=rights.account, institution__in=rights.carries_on)
    seen |= Q(institution__in=rights.signs_for)
    if rights.agrees:
        seen |= Q(
            state="submitted",
            commitment__in=rights.agreed_commitments(),
            commitment__plan__needs_civil_society_sign_off=True,
        )
    return seen
