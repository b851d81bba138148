"""What every kept version of a row adds to the row: on behalf of whom it was written."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ogp_tracker.common.fields import ProtectedKey


class AttributedVersion(models.Model):
    """The base of all versions; `history_user`, a name, is for the admin alone.

    Readers are shown the institution and the role in which the account acted then; a membership
    that ends later changes neither. Both are empty if no account wrote, such as for rows that were
    loaded from a file.
    """

    history_institution = ProtectedKey(
        "commitments.Institution",
        null=True,
        related_name="+",
        verbose_name=_("institution of the person who edited it"),
    )
    history_role = models.CharField(
        _("role of the person who edited it"), max_length=30, blank=True, default=""
    )

    class Meta:
        abstract = True


def versions(**more: Any) -> HistoricalRecords:
    """The manager of a model's versions; `more` is what `HistoricalRecords` takes."""
    return HistoricalRecords(bases=[AttributedVersion], **more)
