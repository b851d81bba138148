"""Government's right of reply."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution
from commitments.models.version import versions
from irm.querysets import ReplyQuerySet
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.visibility import ANY_VALUE, Visibility

from .assessment import Assessment
from .finding import MilestoneFinding

IS_PUBLISHED = Visibility({"published_at": ANY_VALUE})


class Reply(models.Model):
    """The lead institution's answer to a published finding: government's word, not the assessor's.

    It is in this app only because imports go down; assessors cannot write it.
    """

    assessment = ProtectedKey(Assessment, related_name="replies", verbose_name=_("assessment"))
    finding = ProtectedKey(
        MilestoneFinding,
        null=True,
        related_name="replies",
        verbose_name=_("finding"),
        help_text=_("Leave empty to answer the assessment as a whole."),
    )
    institution = ProtectedKey(Institution, related_name="+", verbose_name=_("institution"))
    text = models.TextField(_("reply"))
    recorded_by = ProtectedKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", verbose_name=_("recorded by")
    )
    signed_by = ProtectedKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", verbose_name=_("signed by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    public_if = IS_PUBLISHED & Assessment.public_if.behind("assessment")
    citable_if = IS_PUBLISHED & Assessment.citable_if.behind("assessment")
    objects = ReplyQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("published_at", "pk")
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = (
            FieldRule(
                field="text",
                name="irm_reply_has_text",
                condition=~Q(text=""),
                message=_("Write the reply."),
            ),
            *text_bounds("irm_reply", NARRATIVE, "text"),
            FieldRule(
                field="signed_by",
                name="irm_reply_published_means_signed",
                condition=Q(published_at=None, signed_by=None)
                | Q(published_at__isnull=False, signed_by__isnull=False),
                message=_("A reply is signed when it is published, and not before."),
            ),
            FieldUnique(
                field="finding",
                fields=("finding",),
                name="irm_reply_once_per_finding",
                message=_("This finding has already been answered."),
            ),
            FieldUnique(
                field="assessment",
                fields=("assessment",),
                condition=Q(finding=None),
                name="irm_reply_once_per_assessment",
                message=_("This assessment has already been answered."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution}: {self.finding or self.assessment}"

    def get_absolute_url(self) -> str:
        return (self.finding or self.assessment).get_absolute_url()
