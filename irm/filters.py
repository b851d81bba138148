"""How readers narrow down lists of what assessors found; every choice stays in the address."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from commitments.filters import by_institution, by_nation, by_plan
from irm.codebook import COMPLETION, ReportKind
from irm.disagreements.rows import Places, Unit
from irm.disagreements.rule import KINDS
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

    def narrow_to_recorded(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_recorded=value == "true")


def narrowed(verb: Callable[..., Places]) -> Callable[[Places, str, list[Any]], Places]:
    return lambda places, _name, values: verb(places, *values)


class DisagreementFilter(ReadersFilter):
    kind = EitherFilter(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        empty_label=_("Any kind"),
        method=narrowed(Places.of_kind),
    )
    unit = EitherFilter(
        label=_("Commitment or milestone"),
        choices=Unit.choices,
        empty_label=_("Both"),
        method=narrowed(Places.of_unit),
    )
    nation = by_nation(method=narrowed(Places.delivered_in))
    plan = by_plan(method=narrowed(Places.of_plan))
    institution = by_institution(_("Led by"), method=narrowed(Places.led_by))

    def filter_queryset(self, places: Places) -> Places:
        for name, value in self.form.cleaned_data.items():
            places = self.filters[name].filter(places, value)
        return places
