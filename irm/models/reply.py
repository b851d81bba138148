"""Government's right of reply."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Institution
from commitments.models.version import versions
from irm.querysets import ReplyQuerySet
from milestones.levels import Provenance
from milestones.models.signed_off import SignedOff, published_has_time
from milestones.models.step import Step, step_rules
from milestones.targets import Target
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.visibility import ANY_VALUE, Visibility

from .assessment import Assessment
from .finding import MilestoneFinding

IS_PUBLISHED = Visibility({"published_at": ANY_VALUE})


class Reply(SignedOff):
    """The lead institution's answer to a published finding: government's word, not the assessor's.

    It is in this app only because imports go down; assessors cannot write it.
    """

    # What the machinery of sign-off asks of it: an officer writes it here, and civil society is
    # not asked.
    asks_civil_society = False
    co_signed_by = co_signed_by_id = None
    is_from_document = False
    provenance = Provenance.REPORTED_HERE
    source_title = ""
    locked_with = ("institution", "finding__milestone", "assessment__commitment__plan")

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
            published_has_time("irm_reply"),
            FieldRule(
                field="signed_off_by",
                name="irm_reply_published_means_signed",
                condition=Q(published_at=None, signed_off_by=None)
                | Q(published_at__isnull=False, signed_off_by__isnull=False),
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

    @property
    def commitment(self) -> Commitment:
        return self.assessment.commitment

    @property
    def target(self) -> Target:
        """What the assessor wrote about."""
        return self.finding.milestone if self.finding else self.commitment

    @property
    def narrative(self) -> str:
        return self.text


class ReplyStep(Step):
    """A step of a reply. None is shown to readers."""

    reply = ProtectedKey(Reply, related_name="steps", verbose_name=_("reply"))

    class Meta(Step.Meta):
        constraints = step_rules("irm_replystep")

    @property
    def record(self) -> Reply:
        return self.reply
