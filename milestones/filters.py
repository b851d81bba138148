"""How readers narrow down what is late and silent; every choice stays in the address."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.filters import ReadersFilter, by_institution, by_nation, by_plan
from commitments.models import Institution
from milestones.late import Section, Selection
from milestones.models import Milestone


class LateFilter(ReadersFilter):
    """The filters of `/late/`. They combine: a milestone has to pass each of them."""

    show = filters.ChoiceFilter(
        label=_("Show"), choices=Section, empty_label=_("Everything"), method="leave"
    )
    nation = by_nation(method="leave")
    plan = by_plan(field_name="commitment__plan")
    institution = by_institution(_("Led by"), method="filter_institution")

    class Meta:
        model = Milestone
        fields: tuple[str, ...] = ()

    def leave(self, rows: QuerySet[Milestone], _name: str, _value: Any) -> QuerySet[Milestone]:
        """Leave the milestones as they are: what the choice means depends on the section."""
        return rows

    def filter_institution(self, rows: Any, _name: str, value: Institution) -> Any:
        """Keep milestones of commitments that the institution leads."""
        return rows.led_by(value)

    def selection(self, on: date) -> Selection:
        """Return what the reader asks about, on a day."""
        return Selection(self.qs, on, self.chosen("nation"))
