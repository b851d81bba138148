"""Mistakes that readers report. No page, file or search of the public site reads them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.bounds import NARRATIVE, text_bounds

LONGEST_PAGE = 500


class Mistake(models.Model):
    """What a reader says is wrong on a page; nothing about the reader but an email, if given."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Answered; nothing was emailed")
        BEGUN = "begun", _("Answered; nobody knows whether the email was sent")
        SENT = "sent", _("Answered by email")
        REFUSED = "refused", _("Answered; the address refused the email")

    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    page = models.CharField(max_length=LONGEST_PAGE, blank=True)
    text = models.TextField(_("what is wrong"))
    email = models.EmailField(max_length=254, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    note = models.TextField(blank=True, help_text=_("For administrators only."))
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN, editable=False)

    class Meta:
        verbose_name = _("mistake reported by a reader")
        verbose_name_plural = _("mistakes reported by readers")
        ordering = ("-received_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "digest", condition=models.Q(state="open"), name="mistakes_mistake_open_once"
            ),
            *text_bounds("mistakes_mistake", 5_000, "text"),
            *text_bounds("mistakes_mistake", NARRATIVE, "note", "answer"),
        )

    def __str__(self) -> str:
        """Without the reader's words: the log of the admin keeps it for longer than a year."""
        return _("Mistake %s") % self.pk
