"""What a report finds of a commitment."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, OGPValue
from commitments.models.version import versions
from irm.codebook import OPEN_VARIABLES, VARIABLES, variables_of
from irm.querysets import WITH_COMMITMENT, AssessmentQuerySet
from ogp_tracker.common.bounds import FROM_DOCUMENT, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import DayField, ProtectedKey
from ogp_tracker.common.texts import FORMULA_SIGNS, StrOrPromise

from .codes import CODE_OR_WORDS, GivenCode, as_published, coded, words_of_a_value
from .report import Report

TEXT_IN_ONE_PLACE = _(
    "The shared text is in the other assessment. Empty the analysis and the footnotes here."
)

BEGINS_WITH_A_NUMBER = re.compile(r"\s*\[\d{1,3}\]")


CODES = tuple(name for one in VARIABLES for name in (one.name, one.words_name) if name)
HOLDING = (*CODES, "commitment_as_reported", "analysis", "footnotes", "shares_text_with")
"""The fields that are empty where the report is only known to cover the commitment."""


class Assessment(models.Model):
    """What one report finds of one commitment: its codes, under its own number and title."""

    report = ProtectedKey(Report, related_name="assessments", verbose_name=_("report"))
    commitment = ProtectedKey(Commitment, related_name="assessments", verbose_name=_("commitment"))
    number_in_report = models.CharField(_("number in the report"), max_length=20, blank=True)
    title_in_report = models.CharField(
        _("title in the report"),
        max_length=500,
        blank=True,
        help_text=_("The name by which the report calls the commitment, if it differs."),
    )

    is_recorded = models.BooleanField(
        _("recorded here"),
        default=False,
        help_text=_(
            "Whether this site has what the report finds. It is ticked by itself once there is a"
            " code, a text or a finding. Tick it if you have read the report and it gives none."
        ),
    )

    specificity = coded("specificity")
    specificity_as_published = as_published("specificity")
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
    potential_impact_as_published = as_published("potential_impact")
    potential_for_results = coded("potential_for_results")
    promising = coded("promising")
    ambition = coded("ambition")
    completion = coded("completion")
    did_it_open_government = coded("did_it_open_government")
    early_results = coded("early_results")
    early_results_as_published = as_published("early_results")
    starred = coded("starred")

    heading_as_published = models.CharField(
        _("heading on OGP's page"),
        max_length=120,
        blank=True,
        help_text=_("If the words were read there: the heading above them."),
    )
    commitment_as_reported = models.TextField(
        _("the commitment, as the report gives it"), blank=True
    )
    analysis = models.TextField(_("analysis"), blank=True)
    footnotes = models.TextField(
        _("footnotes"), blank=True, help_text=_("One a line, each beginning with its [number].")
    )
    shares_text_with = ProtectedKey(
        "self",
        null=True,
        related_name="sharing",
        verbose_name=_("shares its text with"),
        help_text=_(
            "If the report assesses several commitments in one text: the assessment of this report"
            " that holds it. Codes stay with each commitment."
        ),
    )
    published_on = DayField(
        _("published here on"),
        null=True,
        blank=True,
        help_text=_("Leave empty to keep it a draft that the public cannot see."),
    )

    public_if = WITH_COMMITMENT & Report.public_if.behind("report")
    citable_if = WITH_COMMITMENT & Report.citable_if.behind("report")
    objects = AssessmentQuerySet.as_manager()
    history = versions(m2m_fields=[relevant_values])

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
            FieldRule(
                field="shares_text_with",
                name="irm_assessment_not_text_of_itself",
                condition=Q(shares_text_with=None) | ~Q(shares_text_with=F("id")),
                message=_("An assessment cannot share its text with itself."),
            ),
            FieldRule(
                field="shares_text_with",
                name="irm_assessment_text_in_one_place",
                condition=Q(shares_text_with=None) | Q(analysis="", footnotes=""),
                message=TEXT_IN_ONE_PLACE,
            ),
            FieldRule(
                field="is_recorded",
                name="irm_assessment_covered_holds_nothing",
                condition=Q(is_recorded=True)
                | Q(**{name: None if name == "shares_text_with" else "" for name in HOLDING}),
                message=_("A code or a text is recorded here. Tick this."),
            ),
            *map(words_of_a_value, OPEN_VARIABLES),
            *text_bounds(
                "irm_assessment", FROM_DOCUMENT, "commitment_as_reported", "analysis", "footnotes"
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

    def clean(self) -> None:
        """A draft is not refused for what it lacks."""
        problems: dict[str, StrOrPromise] = {
            name: _("A report of this kind does not give this code. Leave it empty.")
            for name in self.codes_out_of_place()
        }
        for one in OPEN_VARIABLES:
            code, words = getattr(self, one.name), getattr(self, one.words_name)
            if words and (code or one.knows(words) or words[0] in FORMULA_SIGNS):
                problems[one.words_name] = CODE_OR_WORDS
        has_number = BEGINS_WITH_A_NUMBER.match(self.footnotes)
        if self.published_on and self.footnotes.strip() and not has_number:
            problems["footnotes"] = _("Begin the first footnote with its number, such as [1].")
        if self.published_on and self.published_on > timezone.localdate():
            problems["published_on"] = _(
                "This date is in the future. Enter today or an earlier date to publish,"
                " or leave it empty to keep a draft."
            )
        if wrong := self._wrong_cluster():
            problems["shares_text_with"] = wrong
        if problems:
            raise ValidationError(problems)

    def _wrong_cluster(self) -> StrOrPromise | None:
        holder = self.shares_text_with
        if holder is None or holder.pk == self.pk:
            return None
        if self.analysis or self.footnotes:
            return TEXT_IN_ONE_PLACE
        if holder.report_id != self.report_id:
            return _("Choose an assessment of the same report.")
        if holder.shares_text_with_id is not None:
            return _("That one has no text of its own: choose the assessment that holds the text.")
        if self.pk is not None and self.sharing.exists():
            return _("Others share the text of this one. Let them share that of the other first.")
        return None

    def codes_out_of_place(self, kind: str = "") -> list[str]:
        """The fields with a code that a report of this kind, by default its own, does not give."""
        kind = kind or (self.report.kind if self.report_id else "")
        if not kind:
            return []
        codes = [one.name for one in VARIABLES if not one.takes(getattr(self, one.name), kind)]
        not_given = [one.words_name for one in OPEN_VARIABLES if kind not in one.given_in]
        return codes + [name for name in not_given if getattr(self, name)]

    def codes(self) -> list[GivenCode]:
        kind = self.report.kind
        given = (
            GivenCode(one, one.value(getattr(self, one.name)), getattr(self, one.words_name, ""))
            for one in variables_of(kind)
        )
        return [
            code
            for code in given
            if code.value or code.as_published or kind not in code.variable.seldom_in
        ]

    @property
    def has_codes(self) -> bool:
        """Whether any code is recorded, a kind of nothing other than blank included."""
        return any(getattr(self, name) for name in CODES)

    @property
    def shows_codes(self) -> bool:
        """Whether a blank code says something: of a text alone, no codes are recorded here."""
        return self.has_codes or (self.is_recorded and not self.has_text)

    @property
    def holds_nothing(self) -> bool:
        return not any(getattr(self, name) for name in HOLDING)

    @property
    def text(self) -> "Assessment":
        """The assessment whose analysis and footnotes are about this commitment.

        What readers cannot see of another one is not shown through this.
        """
        holder = self.shares_text_with
        return holder if holder is not None and holder.is_public_beside(self) else self

    def is_public_beside(self, other: "Assessment") -> bool:
        """Whether readers who see `other`, of the same report, can see this one, too."""
        is_published = self.published_on is not None and self.commitment.published_on is not None
        return is_published and self.report_id == other.report_id

    def together_with(self) -> list[Commitment]:
        """The other public commitments that the report assesses in the same text.

        No query for a row that was fetched for a page.
        """
        holder = self.shares_text_with
        if holder is None:
            cluster = list(self.sharing.all())
        elif holder.is_public_beside(self):
            cluster = [holder, *holder.sharing.all()]
        else:
            return []
        others = {one.commitment_id: one.commitment for one in cluster if one.pk != self.pk}
        return sorted(others.values(), key=lambda one: (one.order or 0, one.slug))

    @property
    def has_text(self) -> bool:
        return bool(self.commitment_as_reported or self.text.analysis)

    def get_absolute_url(self) -> str:
        return f"{self.commitment.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"assessment-{self.report.slug}"

    @property
    def notes_prefix(self) -> str:
        """Short: it begins the ids of all footnotes, and of the marks that lead to them."""
        return f"a{self.pk}"

    @property
    def commitment_anchor(self) -> str:
        return f"commitment-{self.commitment.slug}"
