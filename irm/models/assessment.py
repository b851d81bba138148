"""What a report finds of a commitment and of its milestones."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from commitments.constraints import FieldUnique
from commitments.models import Commitment, OGPValue
from irm.codebook import BY_NAME, COMPLETION, VARIABLES, CodedValue, Variable, variables_of
from irm.querysets import AssessmentQuerySet, MilestoneFindingQuerySet
from milestones.models import Milestone

from .report import Report

BEGINS_WITH_A_NUMBER = re.compile(r"\s*\[\d{1,3}\]")


def coded(name: str) -> "models.CharField[str, str]":
    """Return the column of the codebook's variable `name`."""
    variable = BY_NAME[name]
    return models.CharField(
        variable.label,
        max_length=30,
        blank=True,
        default="",
        choices=variable.choices(),
        help_text=variable.definition,
    )


@dataclass(frozen=True)
class Code:
    """A variable with the value that an assessment gives it; None if it gives none."""

    variable: Variable
    value: CodedValue | None

    @property
    def is_nothing(self) -> bool:
        """Return whether the value is one of the kinds of nothing that are not a finding."""
        return self.value is None or self.value.code in {"pending_irm_review", "no_irm_data"}


class Assessment(models.Model):
    """What one report finds of one commitment: its codes, under its own number and title."""

    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("report")
    )
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="assessments",
        verbose_name=_("commitment"),
    )
    number_in_report = models.CharField(_("number in the report"), max_length=20, blank=True)
    title_in_report = models.CharField(
        _("title in the report"),
        max_length=500,
        blank=True,
        help_text=_("The name by which the report calls the commitment, if it differs."),
    )

    specificity = coded("specificity")
    verifiable = coded("verifiable")
    relevance = coded("relevance")
    relevant_values = models.ManyToManyField(
        OGPValue,
        blank=True,
        related_name="assessments",
        verbose_name=_("OGP values that the report names"),
    )
    open_government_lens = coded("open_government_lens")
    potential_impact = coded("potential_impact")
    potential_for_results = coded("potential_for_results")
    promising = coded("promising")
    ambition = coded("ambition")
    completion = coded("completion")
    did_it_open_government = coded("did_it_open_government")
    early_results = coded("early_results")
    starred = coded("starred")

    commitment_as_reported = models.TextField(
        _("the commitment, as the report gives it"), blank=True
    )
    analysis = models.TextField(_("analysis"), blank=True)
    footnotes = models.TextField(
        _("footnotes"), blank=True, help_text=_("One a line, each beginning with its [number].")
    )
    published_on = models.DateField(
        _("published here on"),
        null=True,
        blank=True,
        help_text=_("Leave empty to keep it a draft that the public cannot see."),
    )

    objects = AssessmentQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[relevant_values])

    class Meta:
        ordering = ("report", "commitment")
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        indexes = (models.Index(fields=["completion"], name="irm_assessment_completion"),)
        constraints = (
            FieldUnique(
                field="commitment",
                fields=("report", "commitment"),
                name="irm_assessment_once",
                message=_("This report already assesses this commitment."),
            ),
            *(
                models.CheckConstraint(
                    name=f"irm_assessment_{variable.name}_in_codebook",
                    condition=Q(**{f"{variable.name}__in": variable.codes()}),
                )
                for variable in VARIABLES
            ),
        )

    def __str__(self) -> str:
        return f"{self.commitment.slug}: {self.report}"

    def natural_key(self) -> tuple[str, str]:
        """Return what names this row in a fixture."""
        return (*self.report.natural_key(), *self.commitment.natural_key())

    natural_key.dependencies = ["irm.report", "commitments.commitment"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Refuse codes that this kind of report does not give, and a future publication day."""
        problems: dict[str, Any] = {
            name: _("A report of this kind does not give this code. Leave it empty.")
            for name in self.codes_out_of_place()
        }
        if self.footnotes.strip() and not BEGINS_WITH_A_NUMBER.match(self.footnotes):
            problems["footnotes"] = _("Begin the first footnote with its number, such as [1].")
        if self.published_on and self.published_on > timezone.localdate():
            problems["published_on"] = _(
                "This day is in the future. Enter today or an earlier day to publish,"
                " or leave it empty to keep a draft."
            )
        if problems:
            raise ValidationError(problems)

    def codes_out_of_place(self) -> list[str]:
        """Return the names of variables that have a code though this kind of report gives none."""
        if not self.report_id:
            return []
        given = {variable.name for variable in variables_of(self.report.kind)}
        return [
            variable.name
            for variable in VARIABLES
            if variable.name not in given and getattr(self, variable.name)
        ]

    def codes(self) -> list[Code]:
        """Return the variables that this kind of report gives, each with its value."""
        return [
            Code(variable, variable.value(getattr(self, variable.name)))
            for variable in variables_of(self.report.kind)
        ]

    @property
    def has_codes(self) -> bool:
        """Return whether any code is recorded, a kind of nothing other than blank included."""
        return any(getattr(self, variable.name) for variable in VARIABLES)

    @property
    def has_text(self) -> bool:
        """Return whether any words of the report are recorded."""
        return bool(self.commitment_as_reported or self.analysis)

    @property
    def anchor(self) -> str:
        """Return the id by which a page points at this assessment."""
        return f"assessment-{self.report.slug}"

    @property
    def commitment_anchor(self) -> str:
        """Return the id by which the report's page points at its part about this commitment."""
        return f"commitment-{self.commitment.slug}"


class MilestoneFinding(models.Model):
    """What an assessment says of one milestone."""

    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.PROTECT,
        related_name="findings",
        verbose_name=_("assessment"),
    )
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.PROTECT,
        related_name="findings",
        verbose_name=_("milestone"),
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

    objects = MilestoneFindingQuerySet.as_manager()
    history = HistoricalRecords()

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
        )

    def __str__(self) -> str:
        return f"{self.milestone}: {self.assessment.report}"

    def natural_key(self) -> tuple[str, str, str, int]:
        """Return what names this row in a fixture."""
        return (*self.assessment.natural_key(), *self.milestone.natural_key())

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "irm.assessment",
        "milestones.milestone",
    ]

    def clean(self) -> None:
        """Refuse a milestone of another commitment, and a code that the report does not give."""
        if not self.assessment_id:
            return
        problems: dict[str, Any] = {}
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
        """Return the id by which a page points at this finding."""
        return f"finding-{self.pk}"

    @property
    def code(self) -> Code:
        """Return the completion code, of value None if the report gave none."""
        return Code(COMPLETION, COMPLETION.value(self.completion))
