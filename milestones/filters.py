"""How readers narrow down what is overdue or not updated; every choice stays in the address."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.filters import by_institution, by_nation, by_plan
from commitments.models import Institution
from milestones.models import Milestone
from milestones.overdue import Selection
from milestones.querysets import MilestoneQuerySet
from milestones.sections import OverdueSection
from ogp_tracker.common.either import EitherFilter, ReadersFilter


class OverdueFilter(ReadersFilter):
    """The filters of `/overdue/`. They combine: a milestone has to pass each of them."""

    show = EitherFilter(
        label=_("Show"), choices=OverdueSection.choices, empty_label=_("Everything"), method="leave"
    )
    nation = by_nation(method="leave")
    plan = by_plan(field_name="commitment__plan")
    institution = by_institution(_("Led by"), method="filter_institution")

    def leave(self, rows: QuerySet[Milestone], _name: str, _value: object) -> QuerySet[Milestone]:
        """What the choice means depends on the section: see `selection`."""
        return rows

    def filter_institution(
        self, rows: MilestoneQuerySet, _name: str, values: list[Institution]
    ) -> MilestoneQuerySet:
        return rows.led_by(*values)

    def selection(self, on: date) -> Selection:
        return Selection(self.qs, on, self.form.chosen("nation"))
