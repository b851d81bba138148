"""Which reminders went out, so that none goes out twice."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique


class Reminder(models.Model):
    """Something that somebody was reminded of; the claim is stored before the email is handed over.

    A run that is cut off in between leaves it claimed: whether the email arrived is then not known,
    and it is not sent again.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", _("Weekly digest")
        ESCALATION = "escalation", _("Overdue for long")
        TURN = "turn", _("What was done with an update, amendment or reply")

    class State(models.TextChoices):
        CLAIMED = "claimed", _("Begun")
        SENT = "sent", _("Handed over")
        REFUSED = "refused", _("Refused")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reminders",
        verbose_name=_("account"),
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reminders",
        verbose_name=_("institution whose team mailbox it went to"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.CharField(
        _("of what"),
        max_length=60,
        help_text=_(
            "The week of a digest; the milestone and its due date if it is long overdue; otherwise"
            " the step."
        ),
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CLAIMED)
    mail = models.UUIDField(_("email"), default=uuid.uuid4, help_text=_("Its Message-ID."))
    address = models.CharField(_("address"), max_length=320)
    claimed_at = models.DateTimeField(_("begun at"))
    settled_at = models.DateTimeField(_("handed over or refused at"), null=True, blank=True)
    answer = models.TextField(_("answer of the mail server"), blank=True)

    class Meta:
        ordering = ("-claimed_at", "-pk")
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = (models.Index(fields=["mail"], name="milestones_reminder_mail"),)
        constraints = (
            *text_bounds("milestones_reminder", NARRATIVE, "answer"),
            FieldUnique(
                field="subject",
                fields=("account", "kind", "subject"),
                condition=Q(account__isnull=False),
                name="milestones_reminder_once_per_account",
                message=_("This account has been reminded of this already."),
            ),
            FieldUnique(
                field="subject",
                fields=("institution", "kind", "subject"),
                condition=Q(institution__isnull=False),
                name="milestones_reminder_once_per_mailbox",
                message=_("This team mailbox has been reminded of this already."),
            ),
            FieldRule(
                field="account",
                name="milestones_reminder_to_one",
                condition=Q(account__isnull=False, institution__isnull=True)
                | Q(account__isnull=True, institution__isnull=False),
                message=_("A reminder goes to one account, or to one team mailbox."),
            ),
            models.CheckConstraint(
                name="milestones_reminder_kind_known",
                condition=Q(kind__in=["digest", "escalation", "turn"]),
            ),
            FieldRule(
                field="settled_at",
                name="milestones_reminder_settled_has_time",
                condition=Q(state="claimed", settled_at__isnull=True)
                | Q(state__in=["sent", "refused"], settled_at__isnull=False),
                message=_("What was handed over or refused has its time, and nothing else has."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}: {self.address}"
