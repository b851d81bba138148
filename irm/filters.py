"""How readers narrow down lists of what assessors found; every choice stays in the address."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.filters import by_institution, by_nation, by_plan
from commitments.models import Commitment, Involvement
from commitments.querysets import CommitmentQuerySet
from irm.codebook import COMPLETION, ReportKind
from irm.disagreements.rows import Places
from irm.disagreements.rule import KINDS, Unit
from irm.models import Assessment
from ogp_tracker.common.either import EitherFilter, ReadersFilter


class AssessmentFilter(ReadersFilter):
    plan = by_plan(field_name="commitment__plan")
    kind = EitherFilter(
        label=_("Kind of report"),
        field_name="report__kind",
        choices=ReportKind.choices,
        empty_label=_("Any kind"),
    )
    completion = EitherFilter(
        label=_("Completion"), choices=COMPLETION.choices(), empty_label=_("Any finding")
    )
    is_recorded = filters.ChoiceFilter(
        label=_("Recorded here"),
        choices=(("true", _("Recorded")), ("false", _("Only covered"))),
        empty_label=_("Recorded or only covered"),
        method="narrow_to_recorded",
    )

    def narrow_to_recorded(
        self, rows: QuerySet[Assessment], name: str, value: str
    ) -> QuerySet[Assessment]:
        return rows.filter(is_recorded=value == "true")


class DisagreementFilter(ReadersFilter):
    kind = EitherFilter(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        empty_label=_("Any kind"),
    )
    unit = EitherFilter(
        label=_("Commitment or milestone"), choices=Unit.choices, empty_label=_("Both")
    )
    nation = by_nation()
    plan = by_plan()
    institution = by_institution(_("Led by"))

    def commitments(self) -> CommitmentQuerySet:
        """Those that fit, of whatever kind they are."""
        rows = Commitment.objects.public()
        if plans := self.form.chosen("plan"):
            rows = rows.filter(plan__in=plans)
        if nations := self.form.chosen("nation"):
            delivered = Commitment.objects.filter(nations__in=nations)
            rows = rows.filter(pk__in=delivered.values("pk"))
        if institutions := self.form.chosen("institution"):
            led = Involvement.objects.filter(role="lead", institution__in=institutions)
            rows = rows.filter(pk__in=led.values("commitment"))
        return rows

    def filter_queryset(self, places: Places) -> Places:
        places = places.of_commitments(self.commitments(), self.form.chosen("nation"))
        if kinds := self.form.chosen("kind"):
            places = places.of_kind(*kinds)
        if units := self.form.chosen("unit"):
            places = places.of_unit(*units)
        return places
