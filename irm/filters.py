"""How readers narrow down lists of what assessors found; every choice stays in the address."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from commitments.filters import ReadersFilter, by_institution, by_nation, by_plan
from irm.codebook import COMPLETION, ReportKind
from irm.disagreements.rows import Places, Unit
from irm.disagreements.rule import KINDS
from irm.models import Assessment


class AssessmentFilter(filters.FilterSet):
    plan = by_plan(field_name="commitment__plan")
    kind = filters.ChoiceFilter(
        label=_("Kind of report"),
        field_name="report__kind",
        choices=ReportKind.choices,
        empty_label=_("Any kind"),
    )
    completion = filters.ChoiceFilter(
        label=_("Completion"), choices=COMPLETION.choices(), empty_label=_("Any finding")
    )
    is_recorded = filters.ChoiceFilter(
        label=_("Recorded here"),
        choices=(("true", _("Recorded")), ("false", _("Only covered"))),
        empty_label=_("Recorded or only covered"),
        method="narrow_to_recorded",
    )

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()

    def narrow_to_recorded(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_recorded=value == "true")


def narrowed(verb: Callable[[Places, Any], Places]) -> Callable[[Places, str, Any], Places]:
    return lambda places, _name, value: verb(places, value)


class DisagreementFilter(ReadersFilter):
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        empty_label=_("Any kind"),
        method=narrowed(Places.of_kind),
    )
    unit = filters.ChoiceFilter(
        label=_("Commitment or milestone"),
        choices=Unit,
        empty_label=_("Both"),
        method=narrowed(Places.of_unit),
    )
    nation = by_nation(method=narrowed(Places.delivered_in))
    plan = by_plan(method=narrowed(Places.of_plan))
    institution = by_institution(_("Led by"), method=narrowed(Places.led_by))

    class Meta:
        model = Places.model
        fields: tuple[str, ...] = ()

    def filter_queryset(self, places: Places) -> Places:
        for name, value in self.form.cleaned_data.items():
            places = self.filters[name].filter(places, value)
        return places
