"""What a report finds of single milestones."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.version import versions
from irm.codebook import COMPLETION
from irm.querysets import MilestoneFindingQuerySet
from milestones.models import Milestone
from ogp_tracker.common.bounds import FROM_DOCUMENT, text_bounds
from ogp_tracker.common.constraints import FieldUnique

from .assessment import Assessment, GivenCode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class MilestoneFinding(models.Model):
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="findings", verbose_name=_("assessment")
    )
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="findings", verbose_name=_("milestone")
    )
    completion = models.CharField(
        _("completion"),
        max_length=30,
        blank=True,
        default="",
        choices=COMPLETION.choices(),
        help_text=_("Leave empty if the report gives this milestone no code."),
    )
    found = models.TextField(_("what was found"), help_text=_("In the words of the report."))

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
            models.CheckConstraint(
                name="irm_milestonefinding_completion_in_codebook",
                condition=Q(completion__in=COMPLETION.codes()),
            ),
            *text_bounds("irm_milestonefinding", FROM_DOCUMENT, "found"),
        )

    def __str__(self) -> str:
        return f"{self.milestone}: {self.assessment.report}"

    def natural_key(self) -> tuple[str, str, str, int]:
        return (*self.assessment.natural_key(), *self.milestone.natural_key())

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "irm.assessment",
        "milestones.milestone",
    ]

    def clean(self) -> None:
        if not self.assessment_id:
            return
        problems: dict[str, StrOrPromise] = {}
        if self.milestone_id and self.assessment.commitment_id != self.milestone.commitment_id:
            problems["milestone"] = _("Choose a milestone of the commitment that is assessed.")
        if self.completion and self.assessment.report.kind not in COMPLETION.given_in:
            problems["completion"] = _(
                "A report of this kind does not give this code. Leave it empty."
            )
        if problems:
            raise ValidationError(problems)

    @property
    def anchor(self) -> str:
        return f"finding-{self.pk}"

    @property
    def code(self) -> GivenCode:
        return GivenCode(COMPLETION, COMPLETION.value(self.completion))
