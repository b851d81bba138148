"""What waits for an account, and what a point of contact sees of its plan or nation."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from commitments.rights import Rights
from milestones.models import Milestone

from .duties import Duties, for_lines
from .institutions import InstitutionRow, Institutions
from .parts import OF_MILESTONES, OF_OTHERS, WorkList
from .rows import MilestoneRow, RecordRow, UpdateRow, milestone_rows, record_row, update_row
from .scope import Scope, answered_by, answered_in, running
from .updates import UnpublishedUpdates, waiting_amendments

WorkRow = MilestoneRow | UpdateRow | RecordRow

RECORDS: dict[WorkList, Callable[[Rights], QuerySet[Any]]] = {
    WorkList.AMENDMENTS: waiting_amendments
}
"""What is in the lists of `OF_OTHERS`; apps above add theirs."""

SHOWN_IF_FILLED = (WorkList.REPLIES, WorkList.REPLIES_WAITING)


class Work:
    """What waits for the account with these rights on the date `on`."""

    def __init__(self, rights: Rights, *, on: date) -> None:
        self.rights = rights
        self.on = on
        self.updates = UnpublishedUpdates(rights)

    @cached_property
    def duties(self) -> Duties:
        return Duties(answered_by(self.rights.reports_for, self.on), self.on)

    @property
    def parts(self) -> list[WorkList]:
        rights = self.rights
        reports, signs = bool(rights.reports_for), bool(rights.signs_for)
        coordinates, agrees = bool(rights.coordinates), bool(rights.agrees)
        writes = reports or coordinates
        applies = {
            **dict.fromkeys((WorkList.RETURNED, WorkList.DRAFTS, WorkList.WAITING), writes),
            **dict.fromkeys(OF_MILESTONES, reports),
            WorkList.SIGN_OFF: signs or coordinates,
            WorkList.AGREE: agrees,
            WorkList.AMENDMENTS: writes or agrees,
            **dict.fromkeys(SHOWN_IF_FILLED, reports),
            WorkList.COLLEAGUES: signs,
        }
        return [part for part in WorkList if applies[part]]

    def counts(self) -> dict[WorkList, int]:
        """Per list that applies. At most nine queries."""
        if not (parts := self.parts):
            return {}
        counts = self.updates.counts()
        counts |= {one: self.found(one).count() for one in OF_OTHERS if one in parts}
        if self.rights.reports_for:
            counts |= self.duties.counts()
        return {part: counts[part] for part in parts if counts[part] or part not in SHOWN_IF_FILLED}

    def first_rows(
        self, parts: Iterable[WorkList], shown: int
    ) -> dict[WorkList, Sequence[WorkRow]]:
        """The first lines of several lists; what milestones need is fetched for all."""
        wanted = list(parts)
        of_milestones = [part for part in wanted if part in OF_MILESTONES]
        found = self.duties.first(of_milestones, shown) if of_milestones else {}
        milestones = [milestone for some in found.values() for milestone in some]
        lines = iter(milestone_rows(milestones, self.duties, on=self.on, updates=self.updates))
        rows: dict[WorkList, Sequence[WorkRow]] = {}
        for part in wanted:
            if part in found:
                rows[part] = list(islice(lines, len(found[part])))
            else:
                rows[part] = self.rows(part, list(self.found(part)[:shown]))
        return rows

    def found(self, part: WorkList) -> QuerySet[Any]:
        if part in OF_MILESTONES:
            return for_lines(self.duties.milestones(part))
        if part in OF_OTHERS:
            return RECORDS[part](self.rights)
        return self.updates.rows(part)

    def rows(self, part: WorkList, found: Sequence[Any]) -> Sequence[WorkRow]:
        if part in OF_MILESTONES:
            return milestone_rows(found, self.duties, on=self.on, updates=self.updates)
        if part in OF_OTHERS:
            return [record_row(record, part, self.rights.account) for record in found]
        return [update_row(update, part, self.rights.account) for update in found]


class PlanWork:
    """What a point of contact sees of its plan or nation, or only of one `institution` in it."""

    def __init__(self, rights: Rights, *, on: date, institution: int | None = None) -> None:
        self.on = on
        self.institution = institution
        self.scope = running(rights.edited_commitments(), on) if rights.coordinates else {}

    @cached_property
    def duties(self) -> Duties:
        if self.institution is None:
            return Duties(Scope(self.scope), self.on)
        return Duties(answered_in(self.scope, [self.institution]), self.on)

    @cached_property
    def _institutions(self) -> Institutions:
        return Institutions(self.scope, self.on)

    def institutions(self) -> list[InstitutionRow]:
        return self._institutions.rows()

    def counts(self) -> dict[WorkList, int]:
        return self._institutions.counts() if self.institution is None else self.duties.counts()

    def found(self, part: WorkList) -> QuerySet[Milestone]:
        return for_lines(self.duties.milestones(part))

    def rows(self, part: WorkList, found: Sequence[Milestone]) -> Sequence[MilestoneRow]:
        return milestone_rows(found, self.duties, on=self.on, updates=None)
