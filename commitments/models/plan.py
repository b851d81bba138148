"""Action plans."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.querysets import coverage_of
from ogp_tracker.common.constraints import FieldRule, web_address
from ogp_tracker.common.fields import DayField, NameField, WebAddressField
from ogp_tracker.common.visibility import ALWAYS, PublicQuerySet

from .version import versions


class PlanState(models.TextChoices):
    COMING = "coming", _("Not yet begun")
    CURRENT = "current", _("Current")
    CLOSED = "closed", _("Closed")
    UNKNOWN = "unknown", _("Dates not recorded")

    def condition(self, on: date, path: str = "") -> Q:
        """`ActionPlan.state` in SQL, for the plan at the end of `path`."""
        first, last = (f"{path}__{name}" if path else name for name in ("start_date", "end_date"))
        began, not_ended = Q(**{f"{first}__lte": on}), Q(**{f"{last}__gte": on})
        no_first, no_last = Q(**{first: None}), Q(**{last: None})
        return {
            PlanState.COMING: Q(**{f"{first}__gt": on}),
            PlanState.CURRENT: began & not_ended,
            PlanState.CLOSED: Q(**{f"{last}__lt": on}),
            PlanState.UNKNOWN: (began & no_last) | (no_first & (no_last | not_ended)),
        }[self]


class DatesBasis(models.TextChoices):
    PUBLISHED = "published", _("Published with the plan")
    TITLE = "title", _("Taken from the years in its title")


TITLE_TAKEN = _(
    "This plan is here already: open it in the list of action plans. If yours is another one, add"
    " its years to the title."
)


class ActionPlanQuerySet(PublicQuerySet["ActionPlan"]):
    def for_list(self) -> Self:
        counted = self.public().annotate(**coverage_of(self.model))
        return counted.order_by(F("end_date").desc(nulls_last=True), "member", "title")

    def running(self, on: date) -> dict[str, Any]:
        """How many plans run (`number`), and when one last closed (`closed`). One query."""
        return self.aggregate(
            number=Count("pk", filter=PlanState.CURRENT.condition(on)),
            closed=Max("end_date", filter=PlanState.CLOSED.condition(on)),
        )


class ActionPlan(models.Model):
    """A set of commitments that an OGP member publishes for a cycle of two to four years."""

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    member = models.CharField(
        _("OGP member"),
        max_length=120,
        help_text=_("As OGP names it, such as “Scotland, United Kingdom”."),
    )
    title = NameField(_("title"), max_length=250, help_text=_("As OGP publishes it."))
    other_title = NameField(
        _("other title"),
        max_length=250,
        blank=True,
        help_text=_("The title under which government publishes it, if it differs."),
    )
    cycle = models.CharField(_("cycle"), max_length=20, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Enter two capital letters, such as GB."))],
        help_text=_("ISO 3166-1 code: GB for the United Kingdom and its nations."),
    )
    number = models.PositiveSmallIntegerField(
        _("number"),
        null=True,
        blank=True,
        help_text=_("Such as 4 for a fourth national action plan. Leave empty if not known."),
    )
    start_date = DayField(
        _("start date"), null=True, blank=True, help_text=_("First possible date, if known.")
    )
    end_date = DayField(
        _("end date"), null=True, blank=True, help_text=_("Last possible date, if known.")
    )
    dates_basis = models.CharField(
        _("where the dates come from"), max_length=10, blank=True, choices=DatesBasis
    )
    source_url = WebAddressField(_("source address"), max_length=500, blank=True)
    needs_sign_off = models.BooleanField(
        _("needs sign-off"),
        default=True,
        help_text=_("A second person signs off each progress update and amendment."),
    )
    needs_civil_society_sign_off = models.BooleanField(
        _("needs civil-society sign-off"),
        default=False,
        help_text=_(
            "A civil-society lead agrees each progress update and amendment, as in Scotland."
        ),
    )

    public_if = ALWAYS
    objects = ActionPlanQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = (F("end_date").desc(nulls_last=True), "member", "title")
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        constraints = (
            web_address("source_url", "commitments_actionplan_source_is_web"),
            FieldRule(
                field="dates_basis",
                name="commitments_actionplan_dates_basis_known",
                condition=Q(dates_basis="")
                | (
                    Q(dates_basis__in=DatesBasis.values)
                    & (Q(start_date__isnull=False) | Q(end_date__isnull=False))
                ),
                message=_("Enter the dates first, or leave this empty."),
            ),
            FieldRule(
                field="end_date",
                name="commitments_actionplan_days_in_order",
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                message=_("The last day cannot be before the first day."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.slug])

    def clean(self) -> None:
        """Readers could not tell two plans of one title apart."""
        same = ActionPlan.objects.filter(member=self.member, title__iexact=self.title)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"title": TITLE_TAKEN})

    def state(self, on: date) -> PlanState:
        """Unknown if the dates that decide are."""
        if self.end_date is not None and on > self.end_date:
            return PlanState.CLOSED
        if self.start_date is not None and on < self.start_date:
            return PlanState.COMING
        if self.start_date is not None and self.end_date is not None:
            return PlanState.CURRENT
        return PlanState.UNKNOWN
