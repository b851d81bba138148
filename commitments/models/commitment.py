"""Commitments, and who is involved in them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.querysets import CommitmentQuerySet, InvolvementQuerySet
from ogp_tracker.common.bounds import FROM_DOCUMENT, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique, web_address
from ogp_tracker.common.fields import (
    DayField,
    LanguageField,
    NameField,
    ProtectedKey,
    WebAddressField,
)
from ogp_tracker.common.visibility import PUBLISHED

from .amended import amendment_state_column, state_is_known
from .institution import Institution
from .plan import ActionPlan
from .version import versions
from .vocabulary import Nation, OGPValue, PolicyArea

LABEL_IS_OURS_HELP = _("Tick if the plan prints none. The public page will say so.")
SUMMARY_HELP = _("Tick unless the words are the plan's own. The public page will say so.")
LANGUAGE_HELP = _("Of the texts, as a code: en, cy, gd, ga.")


class OGPStatus(models.TextChoices):
    """What the line "Status" of OGP's page says; empty: not recorded."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    BLANK = "blank", _("Left blank on OGP's page")
    NO_LINE = "no_line", _("OGP's page has no such line")


class Commitment(models.Model):
    """A promise to open up government, made in an action plan."""

    slug = models.SlugField(
        _("address"),
        max_length=60,
        help_text=_("The last part of the public address: the OGP id where there is one."),
    )
    ogp_id = models.CharField(
        _("OGP id"), max_length=20, blank=True, help_text=_("Such as UK0096, if OGP gave one.")
    )
    plan = ProtectedKey(
        ActionPlan, null=True, related_name="commitments", verbose_name=_("action plan")
    )
    plan_as_published = models.CharField(
        _("action plan, as published"),
        max_length=250,
        blank=True,
        help_text=_("Only if the source names no plan: its words, such as “Not Attached”."),
    )
    member_as_published = models.CharField(
        _("OGP member, as published"),
        max_length=120,
        blank=True,
        help_text=_("Only if there is no plan to say whose commitment this is."),
    )
    cycle_as_published = models.CharField(
        _("cycle, as published"),
        max_length=20,
        blank=True,
        help_text=_("Only if there is no plan to say it."),
    )
    label = models.CharField(
        _("number, as printed in the plan"),
        max_length=20,
        blank=True,
        help_text=_("Such as 7 or 1.10. Leave empty if not known."),
    )
    label_is_ours = models.BooleanField(
        _("this site gave the number"), default=False, help_text=LABEL_IS_OURS_HELP
    )
    order = models.PositiveSmallIntegerField(
        _("place in the plan"),
        null=True,
        blank=True,
        help_text=_("Leave empty to put it where its number says, or last."),
    )
    title = NameField(_("title"), max_length=500)
    objective = models.TextField(_("objective"), blank=True)
    problem = models.TextField(_("public problem that it addresses"), blank=True)
    contribution = models.TextField(_("how it will help to solve the problem"), blank=True)
    text_is_summary = models.BooleanField(
        _("these texts are a summary by this site"), default=False, help_text=SUMMARY_HELP
    )
    language = LanguageField(_("language"), help_text=LANGUAGE_HELP)
    timeline_as_published = models.CharField(
        _("timeline, in the words of the plan"), max_length=250, blank=True
    )
    start_date = DayField(
        _("first possible date"), null=True, blank=True, edge="first", words="timeline_as_published"
    )
    end_date = DayField(
        _("last possible date"), null=True, blank=True, edge="last", words="timeline_as_published"
    )
    policy_areas = models.ManyToManyField(
        PolicyArea, blank=True, related_name="commitments", verbose_name=_("policy areas")
    )
    values_claimed = models.ManyToManyField(
        OGPValue,
        blank=True,
        related_name="commitments",
        verbose_name=_("OGP values that government claims"),
    )
    values_as_published = models.CharField(
        _("OGP values, as published"),
        max_length=250,
        blank=True,
        help_text=_("In the order and spelling of the source, if they differ from these names."),
    )
    nations = models.ManyToManyField(
        Nation,
        blank=True,
        related_name="commitments",
        verbose_name=_("nations in which it is delivered"),
    )
    lead_unknown = models.BooleanField(
        _("the source names no lead"),
        default=False,
        help_text=_("Tick only if nobody can say who leads. The public page will say so."),
    )
    lead_as_published = models.TextField(
        _("lead institutions, as published"),
        blank=True,
        help_text=_("If the source's words are not just the names of the lead institutions below."),
    )
    support_as_published = models.TextField(_("supporting institutions, as published"), blank=True)
    ogp_status = models.CharField(
        _("status on OGP's page, as published"),
        max_length=10,
        blank=True,
        choices=OGPStatus,
        help_text=_("Leave empty if nobody has looked."),
    )
    continues = models.ManyToManyField(
        "self",
        blank=True,
        symmetrical=False,
        related_name="continued_by",
        verbose_name=_("continues"),
        help_text=_("Ids of the published commitments of earlier plans that it carries on."),
    )
    editorial_note = models.TextField(_("editorial note, as published"), blank=True)
    tracker_note = models.TextField(
        _("note by this site"),
        blank=True,
        help_text=_("What readers must know about the record. Shown as this site's own words."),
    )
    source_url = WebAddressField(_("source address"), max_length=500, blank=True)
    published_on = models.DateField(
        _("published here on"),
        null=True,
        blank=True,
        # Written by services.py alone, and by what loads a backup.
        editable=False,
    )

    amendment_state = amendment_state_column()

    public_if = PUBLISHED
    objects = CommitmentQuerySet.as_manager()
    history = versions(m2m_fields=[policy_areas, values_claimed, nations, continues])

    class Meta:
        ordering = ("slug",)
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = (models.Index(fields=["published_on"], name="commitments_published_on"),)
        constraints = (
            FieldUnique(
                field="ogp_id",
                fields=("ogp_id",),
                condition=~Q(ogp_id=""),
                name="commitments_commitment_ogp_id_once",
                message=_("Another commitment already has this OGP id."),
            ),
            # An address leads to the same page in capital and in small letters.
            FieldUnique(
                Lower("slug"),
                field="slug",
                name="commitments_commitment_address_once",
                message=_("Another commitment has this address, in these or other letters."),
            ),
            FieldUnique(
                field="label",
                fields=("plan", "label"),
                condition=~Q(label=""),
                name="commitments_commitment_label_once_in_plan",
                message=_("Another commitment already has this number in this plan."),
            ),
            FieldRule(
                field="slug",
                name="commitments_commitment_address_is_ogp_id",
                condition=Q(ogp_id="") | Q(slug=F("ogp_id")),
                message=_("The address must be the same as the OGP id."),
            ),
            FieldRule(
                field="plan_as_published",
                name="commitments_commitment_plan_or_words",
                condition=Q(plan=None)
                | Q(plan_as_published="", member_as_published="", cycle_as_published=""),
                message=_("Leave this empty: the action plan chosen above already says it."),
            ),
            FieldRule(
                field="ogp_status",
                name="commitments_commitment_ogp_status_known",
                condition=Q(ogp_status__in=["", *OGPStatus.values]),
                message=_("Choose one of the values offered."),
            ),
            FieldRule(
                field="end_date",
                name="commitments_commitment_days_in_order",
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                message=_("The last day cannot be before the first day."),
            ),
            web_address("source_url", "commitments_commitment_source_is_web"),
            state_is_known("commitments_commitment"),
            *text_bounds(
                "commitments_commitment",
                FROM_DOCUMENT,
                "objective",
                "problem",
                "contribution",
                "lead_as_published",
                "support_as_published",
                "editorial_note",
                "tracker_note",
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} {self.title}" if self.ogp_id else self.title

    @property
    def short_name(self) -> str:
        """The address of one without an OGP id is no name for readers."""
        return self.ogp_id or self.title

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.slug])

    @property
    def member(self) -> str:
        """The OGP member whose commitment this is, or "" if no source says."""
        return self.plan.member if self.plan else self.member_as_published

    @property
    def cycle(self) -> str:
        """The plan's cycle, or "" if no source says."""
        return self.plan.cycle if self.plan else self.cycle_as_published


class Involvement(models.Model):
    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        PARTNER = "partner", _("Partner")
        SUPPORT_GOVERNMENT = "support_government", _("Support: government")
        SUPPORT_OTHERS = "support_others", _("Support: civil society and others")

    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.CASCADE,
        related_name="involvements",
        verbose_name=_("commitment"),
    )
    institution = ProtectedKey(
        Institution, related_name="involvements", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    public_if = Commitment.public_if.behind("commitment")
    objects = InvolvementQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("commitment", "role", "institution")
        verbose_name = _("involvement")
        verbose_name_plural = _("involvements")
        constraints = (
            FieldUnique(
                field="institution",
                fields=("commitment", "institution", "role"),
                name="commitments_involvement_once",
                message=_("This institution already has this role here."),
            ),
            models.CheckConstraint(
                name="commitments_involvement_role_known",
                condition=Q(role__in=["lead", "partner", "support_government", "support_others"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution}: {self.get_role_display()}"
