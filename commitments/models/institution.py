"""Institutions, and the accounts that act for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from commitments.constraints import FieldRule, FieldUnique, web_address
from commitments.querysets import InstitutionQuerySet

from .vocabulary import Nation


class Institution(models.Model):
    """A body that leads or supports commitments, or assesses them."""

    class Kind(models.TextChoices):
        DEPARTMENT = "government_department", _("Government department")
        DEVOLVED = "devolved_government", _("Devolved government")
        LOCAL = "local_government", _("Local government")
        PARLIAMENT = "parliament", _("Parliament")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        MULTILATERAL = "multilateral", _("Multilateral")
        GROUP = "group", _("Group")

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=250, unique=True)
    kind = models.CharField(
        _("kind"),
        max_length=30,
        blank=True,
        choices=Kind,
        help_text=_("Leave empty if no source says what kind of body this is."),
    )
    nation = models.ForeignKey(
        Nation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("nation"),
        help_text=_("The nation it serves. Leave empty if it serves none or several."),
    )
    website = models.URLField(_("website"), max_length=500, blank=True)
    team_mailbox = models.EmailField(
        _("team mailbox"),
        blank=True,
        help_text=_("For reminders. It is never published."),
    )
    succeeded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("succeeded by"),
        help_text=_("If this body was renamed or abolished: the one that carries on its work."),
    )

    objects = InstitutionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ("name",)
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = (
            web_address("website", "commitments_institution_website_is_web"),
            FieldRule(
                field="succeeded_by",
                name="commitments_institution_not_its_own_successor",
                condition=Q(succeeded_by=None) | ~Q(succeeded_by=F("id")),
                message=_("An institution cannot succeed itself. Choose another, or none."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        """Return what names this row in a fixture."""
        return (self.slug,)

    def get_absolute_url(self) -> str:
        """Return the address of the institution's public page."""
        return reverse("institution", args=[self.slug])


class Membership(models.Model):
    """The role in which an account acts for an institution; rights follow from it."""

    class Role(models.TextChoices):
        REPORTER = "reporter", _("Reporter")
        LEAD = "lead", _("Lead")
        POINT_OF_CONTACT = "point_of_contact", _("Point of contact")
        CIVIL_SOCIETY_LEAD = "civil_society_lead", _("Civil-society lead")
        IRM_RESEARCHER = "irm_researcher", _("IRM researcher")
        ADMINISTRATOR = "administrator", _("Administrator")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("account"),
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("institution"),
        help_text=_("Only an administrator acts for no institution."),
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)

    class Meta:
        ordering = ("account", "institution", "role")
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            FieldUnique(
                field="institution",
                fields=("account", "institution", "role"),
                name="commitments_membership_once",
                message=_("This account already has this role there."),
            ),
            models.CheckConstraint(
                name="commitments_membership_role_known",
                condition=Q(
                    role__in=[
                        "reporter",
                        "lead",
                        "point_of_contact",
                        "civil_society_lead",
                        "irm_researcher",
                        "administrator",
                    ]
                ),
            ),
            FieldRule(
                field="institution",
                name="commitments_membership_has_institution",
                condition=Q(role="administrator") | Q(institution__isnull=False),
                message=_("Choose the institution that this account acts for."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.get_role_display()} ({self.institution or '–'})"
