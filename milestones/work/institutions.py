"""What a point of contact sees of each institution that answers for milestones in its scope."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from commitments.models import Institution
from commitments.rights import carried_on_by
from milestones.conditions import awaited_before
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.levels import Provenance
from milestones.models import Milestone, ProgressUpdate

from .keys import Among, Keys
from .parts import OF_MILESTONES, WorkList
from .scope import Answered, all_bodies, may_lead, shares
from .tally import NOBODY, Numbers, Tally

EVERYBODY = 0
"""In the place of the key of an institution: all of them together."""


class Number(NamedTuple):
    label: str
    total: int
    path: str


@dataclass(frozen=True)
class InstitutionRow:
    """An institution with what it has left to do in plans that run."""

    institution: Institution
    counts: Mapping[WorkList, int]
    numbers: Sequence[Number]
    """The counts as the page shows them."""
    unfinished: int
    waiting: int
    """Updates that wait for the sign-off of its lead."""
    last_published: date | None
    """The date of its latest update anywhere."""
    is_stale: bool
    """Whether it has published nothing for six months, though there was something to report on."""


class NationShares:
    """Which institution answers for which commitments, and in which nations."""

    def __init__(self, scope: Answered) -> None:
        bodies = all_bodies()
        after = {key: body.successor for key, body in bodies.items() if body.successor is not None}
        self.heirs = {key: carried_on_by(key, after)[-1] for key in bodies}
        """Who carries on the work of each body; itself, unless it was renamed or abolished."""
        self.leading = {key: heir for key, heir in self.heirs.items() if may_lead(bodies[heir])}
        """The same of those that can lead a milestone."""
        self.shares = shares(scope, {key: [heir] for key, heir in self.heirs.items()}, bodies)


class Institutions:
    """Those that answer for some of the commitments on a date; at most seven queries."""

    def __init__(self, scope: Answered, on: date) -> None:
        self.scope = scope
        self.on = on

    def rows(self) -> list[InstitutionRow]:
        """Those with something left to do, those with most overdue first."""
        if not self.scope:
            return []
        totals = self._numbers
        keys = [key for key, numbers in totals.items() if key != EVERYBODY and any(numbers)]
        waiting, last = self._waiting(), self._last_published(keys)
        since = months_before(self.on, STALE_AFTER_MONTHS)
        due = Milestone.objects.filter(Among("commitment", Keys(self.scope)), awaited_before(since))
        awaited = set(due.order_by().values_list("commitment", flat=True).distinct())
        lists = [
            (str(part.label), reverse("admin:plan_work_part", args=[part]))
            for part in OF_MILESTONES
        ]
        rows = [
            InstitutionRow(
                institution=body,
                counts=per_part(totals[body.pk]),
                numbers=[
                    Number(label, total, f"{path}?institution={body.pk}")
                    for (label, path), total in zip(lists, totals[body.pk], strict=False)
                ],
                unfinished=totals[body.pk][-1],
                waiting=waiting[body.pk],
                last_published=last.get(body.pk),
                is_stale=last.get(body.pk, date.min) < since
                and not awaited.isdisjoint(self._commitments_of(body.pk)),
            )
            for body in Institution.objects.filter(pk__in=keys).only("name", "team_mailbox")
        ]
        overdue = WorkList.OVERDUE
        return sorted(
            rows, key=lambda row: (-row.counts[overdue], not row.is_stale, row.institution.name)
        )

    def counts(self) -> dict[WorkList, int]:
        return per_part(self._numbers[EVERYBODY])

    @cached_property
    def _shares(self) -> NationShares:
        return NationShares(self.scope)

    @cached_property
    def _tally(self) -> Tally:
        return Tally(self.scope, self.on, self._shares.leading)

    @cached_property
    def _numbers(self) -> Mapping[int, Numbers]:
        """Count what is left to do, per institution and for EVERYBODY. One query."""
        tally = self._tally
        shares: dict[int, Answered] = {EVERYBODY: self.scope, **self._shares.shares}
        keys = shares.keys() | tally.led.keys() - {NOBODY}
        return {key: tally.left_in(shares.get(key, {}), key) for key in keys}

    def _commitments_of(self, institution: int) -> set[int]:
        return {*self._shares.shares.get(institution, ()), *self._tally.led.get(institution, ())}

    def _waiting(self) -> Counter[int]:
        rows = (
            ProgressUpdate.objects.filter(
                Among("commitment", Keys(self.scope)),
                published_at__isnull=True,
                state=ProgressUpdate.State.SUBMITTED,
                provenance=Provenance.REPORTED_HERE,
            )
            .order_by()
            .values_list("institution")
            .annotate(number=Count("pk"))
        )
        counted: Counter[int] = Counter()
        for key, number in rows:
            counted[self._shares.heirs[key]] += number
        return counted

    def _last_published(self, institutions: Iterable[int]) -> dict[int, date]:
        """Per institution the date of its latest update, or of those it succeeded."""
        wanted = set(institutions)
        bodies = [key for key, heir in self._shares.heirs.items() if heir in wanted]
        latest = (
            ProgressUpdate.objects.of_government()
            .published()
            .filter(institution=OuterRef("pk"))
            .order_by("-published_at")
            .values("published_at")[:1]
        )
        moments: dict[int, datetime] = {}
        rows = Institution.objects.filter(Among("pk", Keys(bodies))).order_by()
        for key, moment in rows.values_list("pk", Subquery(latest)):
            heir = self._shares.heirs[key]
            if moment is not None:
                moments[heir] = max(moments.get(heir, moment), moment)
        return {key: timezone.localdate(moment) for key, moment in moments.items()}


def per_part(numbers: Numbers) -> dict[WorkList, int]:
    return dict(zip(OF_MILESTONES, numbers, strict=False))
