"""Whether what was promised still holds: a stored copy of what its published amendments say."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.constraints import FieldRule


class AmendmentState(models.TextChoices):
    """What is in none of these states goes on as planned."""

    ON_HOLD = "on_hold", _("On hold")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")


GOES_ON = ""


def amendment_state_column() -> models.CharField:
    return models.CharField(
        _("state by amendment"),
        max_length=20,
        blank=True,
        choices=AmendmentState,
        default=GOES_ON,
        db_default=GOES_ON,
        editable=False,
        serialize=False,
        help_text=_("What published amendments say: a current copy."),
    )


def state_is_known(prefix: str) -> FieldRule:
    return FieldRule(
        field="amendment_state",
        name=f"{prefix}_amendment_state_known",
        condition=Q(amendment_state__in=[GOES_ON, *AmendmentState.values]),
        message=_("It goes on, is on hold, withdrawn or merged."),
    )
