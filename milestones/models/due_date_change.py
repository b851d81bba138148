"""Due dates that moved."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Institution
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule
from ogp_tracker.common.visibility import PublicQuerySet


class DueDateChangeQuerySet(PublicQuerySet["DueDateChange"]): ...


class DueDateChange(models.Model):
    """A due date that moved, with the reason; the first date is never lost."""

    milestone = models.ForeignKey(
        "milestones.Milestone",
        on_delete=models.PROTECT,
        related_name="due_date_changes",
        verbose_name=_("milestone"),
    )
    moved_from = models.DateField(_("from"), null=True, blank=True)
    moved_to = models.DateField(_("to"))
    reason = models.TextField(_("reason"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("moved by"),
    )
    moved_at = models.DateTimeField(_("moved at"))
    update = models.ForeignKey(
        "milestones.ProgressUpdate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="due_date_changes",
        verbose_name=_("report"),
        help_text=_("The report with which it moved, if it moved with one."),
    )

    public_if = Commitment.public_if.behind("milestone__commitment")
    objects = DueDateChangeQuerySet.as_manager()

    class Meta:
        ordering = ("moved_at", "pk")
        verbose_name = _("moved due day")
        verbose_name_plural = _("moved due days")
        constraints = (
            FieldRule(
                field="reason",
                name="milestones_duedatechange_has_reason",
                condition=~Q(reason=""),
                message=_("Say why the due day moves. The reason is published."),
            ),
            FieldRule(
                field="moved_to",
                name="milestones_duedatechange_moves",
                condition=Q(moved_from=None) | ~Q(moved_to=F("moved_from")),
                message=_("This is already the due day. Enter another day."),
            ),
            *text_bounds("milestones_duedatechange", NARRATIVE, "reason"),
        )

    def __str__(self) -> str:
        return f"{self.milestone}: {self.moved_from or '–'} → {self.moved_to}"

    @property
    def moved_by_days(self) -> timedelta | None:
        """How far the date moved, negative if it came forward; None if there was none before."""
        return self.moved_to - self.moved_from if self.moved_from else None
