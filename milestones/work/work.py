"""What waits for an account, and what a point of contact sees of its plan or nation."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from commitments.rights import Rights
from milestones.models import Milestone

from .duties import Duties, for_lines
from .institutions import InstitutionRow, Institutions
from .parts import OF_MILESTONES, Part
from .reports import Reports
from .rows import MilestoneRow, ReportRow, milestone_rows, report_rows
from .scope import answered_by, running


class Work:
    """What waits for the account with these rights on the day `on`."""

    def __init__(self, rights: Rights, *, on: date) -> None:
        self.rights = rights
        self.on = on
        self.reports = Reports(rights)

    @cached_property
    def duties(self) -> Duties:
        """Return the milestones that the account reports on."""
        return Duties(answered_by(self.rights.reports_for, self.on), self.on)

    @property
    def parts(self) -> list[Part]:
        """Return the parts that the account's roles bring with them."""
        rights = self.rights
        reports, signs = bool(rights.reports_for), bool(rights.signs_for)
        coordinates, agrees = bool(rights.coordinates), bool(rights.agrees)
        applies = {
            Part.RETURNED: reports or coordinates,
            Part.SIGN_OFF: signs or coordinates,
            Part.AGREE: agrees,
            Part.OVERDUE: reports,
            Part.DUE: reports,
            Part.SILENT: reports,
            Part.DRAFTS: reports or coordinates,
            Part.WAITING: reports or coordinates,
            Part.COLLEAGUES: signs,
        }
        return [part for part in Part if applies[part]]

    def counts(self) -> dict[Part, int]:
        """Return how many there are of each part that applies. At most seven queries."""
        parts = self.parts
        if not parts:
            return {}
        counts = self.reports.counts()
        if self.rights.reports_for:
            counts |= self.duties.counts()
        return {part: counts[part] for part in parts}

    def first_rows(
        self, parts: Iterable[Part], shown: int
    ) -> dict[Part, Sequence[MilestoneRow | ReportRow]]:
        """Return the first lines of several parts; what milestones need is fetched for all."""
        wanted = list(parts)
        of_milestones = [part for part in wanted if part in OF_MILESTONES]
        found = self.duties.first(of_milestones, shown) if of_milestones else {}
        milestones = [milestone for some in found.values() for milestone in some]
        lines = iter(milestone_rows(milestones, self.duties, on=self.on, reports=self.reports))
        rows: dict[Part, Sequence[MilestoneRow | ReportRow]] = {}
        for part in wanted:
            if part in found:
                rows[part] = list(islice(lines, len(found[part])))
            else:
                rows[part] = self.rows(part, list(self.found(part)[:shown]))
        return rows

    def found(self, part: Part) -> QuerySet[Any]:
        """Return the milestones or reports of a part, in the order of its list."""
        if part in OF_MILESTONES:
            return for_lines(self.duties.milestones(part))
        return self.reports.rows(part)

    def rows(self, part: Part, found: Sequence[Any]) -> Sequence[MilestoneRow | ReportRow]:
        """Return the lines of a list for what was found for a part."""
        if part in OF_MILESTONES:
            return milestone_rows(found, self.duties, on=self.on, reports=self.reports)
        return report_rows(found, part, self.rights.account)


class PlanWork:
    """What a point of contact sees: the clock's view of its whole plan or nation.

    `institution` looks only at what that institution answers for.
    """

    parts = OF_MILESTONES

    def __init__(self, rights: Rights, *, on: date, institution: int | None = None) -> None:
        self.on = on
        self.institution = institution
        self.scope = running(rights.edited_commitments(), on) if rights.coordinates else {}

    @cached_property
    def duties(self) -> Duties:
        """Return the milestones of the plan or nation, or of the institution in it."""
        if self.institution is None:
            return Duties(self.scope, self.on)
        answered = answered_by([self.institution], self.on)
        return Duties({key: answered[key] for key in self.scope.keys() & answered}, self.on)

    @cached_property
    def _institutions(self) -> Institutions:
        return Institutions(self.scope, self.on)

    def institutions(self) -> list[InstitutionRow]:
        """Return the institutions with something left to do, those with most overdue first."""
        return self._institutions.rows()

    def counts(self) -> dict[Part, int]:
        """Return how many milestones there are of each part."""
        return self._institutions.counts() if self.institution is None else self.duties.counts()

    def found(self, part: Part) -> QuerySet[Milestone]:
        """Return the milestones of a part, in the order of its list."""
        return for_lines(self.duties.milestones(part))

    def rows(self, part: Part, found: Sequence[Milestone]) -> Sequence[MilestoneRow]:
        """Return the lines of a list."""
        return milestone_rows(found, self.duties, on=self.on, reports=None)
