"""What a report finds of single milestones."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.version import versions
from irm.codebook import COMPLETION
from irm.querysets import MilestoneFindingQuerySet
from milestones.models import Milestone
from ogp_tracker.common.bounds import FROM_DOCUMENT, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.texts import StrOrPromise

from .assessment import Assessment
from .codes import GivenCode

CODE_OR_WORDS = _("Choose a code, or write what was found.")


class MilestoneFinding(models.Model):
    assessment = ProtectedKey(Assessment, related_name="findings", verbose_name=_("assessment"))
    milestone = ProtectedKey(Milestone, related_name="findings", verbose_name=_("milestone"))
    completion = models.CharField(
        _("completion"),
        max_length=30,
        blank=True,
        default="",
        choices=COMPLETION.choices(),
        help_text=_("Leave empty if the report gives this milestone no code."),
    )
    found = models.TextField(
        _("what was found"),
        blank=True,
        help_text=_("In the words of the report. Leave empty if it gives only a code."),
    )

    public_if = Assessment.public_if.behind("assessment")
    citable_if = Assessment.citable_if.behind("assessment")
    objects = MilestoneFindingQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("assessment", "milestone")
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = (
            FieldUnique(
                field="milestone",
                fields=("assessment", "milestone"),
                name="irm_milestonefinding_once",
                message=_("This assessment already has a finding for it."),
            ),
            FieldRule(
                field="found",
                name="irm_milestonefinding_code_or_words",
                condition=~Q(completion="", found=""),
                message=CODE_OR_WORDS,
            ),
            models.CheckConstraint(
                name="irm_milestonefinding_completion_in_codebook",
                condition=Q(completion__in=COMPLETION.codes()),
            ),
            *text_bounds("irm_milestonefinding", FROM_DOCUMENT, "found"),
        )

    def __str__(self) -> str:
        return f"{self.milestone}: {self.assessment.report}"

    def clean(self) -> None:
        if not self.assessment_id:
            return
        problems: dict[str, StrOrPromise] = {}
        if self.milestone_id and self.assessment.commitment_id != self.milestone.commitment_id:
            problems["milestone"] = _("Choose a milestone of the commitment that is assessed.")
        if not COMPLETION.takes(self.completion, self.assessment.report.kind):
            problems["completion"] = _(
                "A report of this kind does not give this code. Leave it empty."
            )
        if not (self.completion or self.found):
            problems["found"] = CODE_OR_WORDS
        if problems:
            raise ValidationError(problems)

    def get_absolute_url(self) -> str:
        return f"{self.milestone.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"finding-{self.pk}"

    @property
    def code(self) -> GivenCode:
        return GivenCode(COMPLETION, COMPLETION.value(self.completion))
