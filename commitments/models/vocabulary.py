"""Words with a fixed meaning: nations, policy areas, OGP values."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.querysets import NationQuerySet, SluggedQuerySet
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.fields import NameField
from ogp_tracker.common.visibility import ALWAYS

ABBREVIATIONS = {"eng": _("Eng"), "sct": _("Scot"), "wls": _("Wal"), "nir": _("NI")}


class Nation(models.Model):
    code = models.SlugField(
        _("code"), max_length=3, unique=True, help_text=_("eng, sct, wls or nir.")
    )
    name = NameField(_("name"), max_length=60)
    label = models.CharField(
        _("label"),
        max_length=80,
        help_text=_("As shown on pages. England is served by the UK Government and says so."),
    )
    other_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_("Names in other languages, one on each line. Found by search."),
    )
    iso_code = models.CharField(_("ISO 3166-2 code"), max_length=6, unique=True)
    ons_code = models.CharField(_("ONS code"), max_length=9, unique=True)
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("A fixed order for lists and tables. It is not a ranking.")
    )

    public_if = ALWAYS
    objects = NationQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        verbose_name = _("nation")
        verbose_name_plural = _("nations")
        constraints = (*text_bounds("commitments_nation", NARRATIVE, "other_names"),)

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    def get_absolute_url(self) -> str:
        return reverse("nation", args=[self.code])

    @property
    def abbreviation(self) -> str:
        """For the head of a narrow column."""
        return str(ABBREVIATIONS.get(self.code, self.name))

    @property
    def member(self) -> str:
        """The OGP member whose plans its government publishes. England has none of its own."""
        return "United Kingdom" if self.code == "eng" else f"{self.name}, United Kingdom"


class VocabularyEntry(models.Model):
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = NameField(_("name"), max_length=120, unique=True)

    public_if = ALWAYS
    objects = SluggedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class PolicyArea(VocabularyEntry):
    """A field of policy under which OGP files commitments, such as "Capacity Building"."""

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("policy area")
        verbose_name_plural = _("policy areas")

    def get_absolute_url(self) -> str:
        return f"{reverse('commitments')}?area={self.slug}"


class OGPValue(VocabularyEntry):
    definition = models.TextField(_("definition"), blank=True)

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("OGP value")
        verbose_name_plural = _("OGP values")
        constraints = (*text_bounds("commitments_ogpvalue", NARRATIVE, "definition"),)
