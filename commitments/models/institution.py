"""Institutions."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.querysets import InstitutionQuerySet
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, web_address
from ogp_tracker.common.fields import NameField, ProtectedKey, WebAddressField
from ogp_tracker.common.visibility import ALWAYS

from .version import versions
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
    name = NameField(_("name"), max_length=250, unique=True)
    other_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_("Initials and names in other languages, one on each line. Found by search."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=30,
        blank=True,
        choices=Kind,
        help_text=_("Leave empty if no source says what kind of body this is."),
    )
    nation = ProtectedKey(
        Nation,
        null=True,
        related_name="institutions",
        verbose_name=_("nation"),
        help_text=_("The nation it serves. Leave empty if it serves none or several."),
    )
    website = WebAddressField(_("website"), max_length=500, blank=True)
    team_mailbox = models.EmailField(
        _("team mailbox"), blank=True, help_text=_("For reminders. It is never published.")
    )
    succeeded_by = ProtectedKey(
        "self",
        null=True,
        related_name="predecessors",
        verbose_name=_("succeeded by"),
        help_text=_("If this body was renamed or abolished: the one that carries on its work."),
    )

    public_if = ALWAYS
    objects = InstitutionQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("name",)
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = (
            web_address("website", "commitments_institution_website_is_web"),
            *text_bounds("commitments_institution", NARRATIVE, "other_names"),
            FieldRule(
                field="succeeded_by",
                name="commitments_institution_not_its_own_successor",
                condition=Q(succeeded_by=None) | ~Q(succeeded_by=F("id")),
                message=_("An institution cannot succeed itself. Choose another, or none."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> list[str]:
        """The official one first."""
        return [self.name, *self.other_names.splitlines()]

    def get_absolute_url(self) -> str:
        return reverse("institution", args=[self.slug])

    @property
    def may_report(self) -> bool:
        """Whether it is, or may be, a body of government."""
        return self.kind not in NOT_GOVERNMENT


NOT_GOVERNMENT = frozenset({Institution.Kind.CIVIL_SOCIETY, Institution.Kind.MULTILATERAL})
