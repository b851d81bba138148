"""Reports in which assessors publish what they found."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Institution
from commitments.models.version import versions
from irm.codebook import ReportKind, variables_of
from irm.completion_totals import CompletionTotal, as_text, problem_in, totals_in
from irm.querysets import ReportQuerySet
from ogp_tracker.common.bounds import NARRATIVE, text_bounds, too_long
from ogp_tracker.common.constraints import FieldRule, FieldUnique, web_address
from ogp_tracker.common.fields import DayField, NameField, ProtectedKey, WebAddressField
from ogp_tracker.common.visibility import Visibility

TOTALS = 1_000  # characters


class Report(models.Model):
    """A document, or a page, in which an assessor judges the commitments of a plan."""

    class Assessor(models.TextChoices):
        IRM = "irm", _("Independent Reporting Mechanism (IRM)")
        LOCAL_MONITORING_BODY = "local_monitoring_body", _("Local monitoring body")
        INDEPENDENT_REPORTER = "independent_reporter", _("Independent reporter")

    class Stage(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLIC_COMMENT = "public_comment", _("Version for public comment")
        FINAL = "final", _("Final")

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40, choices=ReportKind)
    plan = models.ForeignKey(
        ActionPlan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("action plan"),
        help_text=_("Leave empty if the report is not about a single plan."),
    )
    title = NameField(_("title"), max_length=250, help_text=_("As published."))
    assessor = models.CharField(
        _("assessor"), max_length=30, choices=Assessor, default=Assessor.IRM
    )
    institution = ProtectedKey(
        Institution,
        null=True,
        related_name="reports",
        verbose_name=_("page of the assessor"),
        help_text=_("The institution here whose page lists the report, if there is one."),
    )
    evidence_cut_off = DayField(
        _("evidence considered up to"),
        null=True,
        blank=True,
        help_text=_("Leave empty if the report does not say."),
    )
    released_on = DayField(
        _("date of publication"),
        null=True,
        blank=True,
        help_text=_("The date on which the assessor published it. Leave empty if not known."),
    )
    url = WebAddressField(_("address"), max_length=500, blank=True)
    stage = models.CharField(
        _("stage"),
        max_length=20,
        choices=Stage,
        default=Stage.DRAFT,
        help_text=_("The public sees the version for public comment and the final one."),
    )
    completion_totals = models.TextField(
        _("commitments by completion"),
        blank=True,
        help_text=_(
            "If the report itself says how many commitments of the plan have each value of"
            " completion: one value a line, in its words, such as “Substantial: 7”."
        ),
    )
    tracker_note = models.TextField(
        _("note by this site"),
        blank=True,
        help_text=_("What readers must know about the record. Shown as this site's own words."),
    )

    public_if = Visibility({"stage": (Stage.PUBLIC_COMMENT, Stage.FINAL)})
    citable_if = Visibility({"stage": (Stage.FINAL,)})
    objects = ReportQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("title",)
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (
            models.CheckConstraint(
                name="irm_report_kind_known",
                condition=Q(kind__in=[str(kind) for kind in ReportKind.values]),
            ),
            models.CheckConstraint(
                name="irm_report_stage_known",
                condition=Q(stage__in=["draft", "public_comment", "final"]),
            ),
            FieldUnique(
                field="title",
                fields=("title", "stage"),
                name="irm_report_title_once",
                message=_("A report with this title and stage already exists."),
            ),
            web_address("url", "irm_report_address_is_web"),
            FieldRule(
                field="plan",
                name="irm_report_totals_are_of_a_plan",
                condition=Q(completion_totals="") | Q(plan__isnull=False),
                message=_("Choose the plan whose commitments the report counts."),
            ),
            *text_bounds("irm_report", TOTALS, "completion_totals"),
            *text_bounds("irm_report", NARRATIVE, "tracker_note"),
        )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse unreadable totals, and to take back a final report once readers have seen it.

        Its assessments are in exports and citations, and government may have answered them.
        """
        totals = self.completion_totals
        if problem := too_long(totals, TOTALS) or problem_in(totals):
            raise ValidationError({"completion_totals": problem})
        self.completion_totals = as_text(self.totals)
        if self.pk is None or self.stage == self.Stage.FINAL:
            return
        stored = Report.objects.filter(pk=self.pk, stage=self.Stage.FINAL)
        if stored.filter(assessments__in=self.assessments.public()).exists():
            raise ValidationError(
                {
                    "stage": _(
                        "This report is final, and readers cite what it finds. It does not go"
                        " back: correct its assessments, of which every version is kept. To take"
                        " one back from readers, empty its date of publication."
                    )
                }
            )

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.slug])

    @property
    def totals(self) -> list[CompletionTotal]:
        return totals_in(self.completion_totals)

    @property
    def total(self) -> int:
        return sum(one.number for one in self.totals)

    @property
    def is_for_comment(self) -> bool:
        return self.stage == self.Stage.PUBLIC_COMMENT

    @property
    def gives_codes(self) -> bool:
        return any(variables_of(self.kind))
