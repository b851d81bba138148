"""What a point of contact sees of each institution that answers for milestones of its scope."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from commitments.models import Institution, Involvement
from commitments.models.membership import NOT_GOVERNMENT
from commitments.rights import SPEAKING_PARTS
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.models import ProgressUpdate

from .keys import Among, Keys, plain
from .parts import OF_MILESTONES, Part
from .scope import Answered
from .tally import Numbers, Tally

EVERYBODY = 0
"""In the place of the key of an institution: all of them together."""


class Number(NamedTuple):
    """How many milestones of a part an institution has, and where they are listed."""

    label: str
    total: int
    path: str


@dataclass(frozen=True)
class InstitutionRow:
    """An institution with what it has left to do in plans that run."""

    institution: Institution
    counts: Mapping[Part, int]
    numbers: Sequence[Number]
    """The counts as the page shows them."""
    unfinished: int
    waiting: int
    """Reports that wait for the sign-off of its lead."""
    last_published: date | None
    """The day of its latest report anywhere."""
    is_silent: bool
    """Whether it has published nothing for six months."""


class Body(NamedTuple):
    """What decides what an institution answers for."""

    kind: str
    nation: str | None
    successor: int | None


class Answers:
    """Which institution answers for which commitments, and in which nations."""

    def __init__(self, scope: Answered) -> None:
        self.scope = scope
        rows = Institution.objects.order_by().values_list(
            "pk", "kind", "nation__code", "succeeded_by"
        )
        self.bodies = {key: Body(kind, nation, after) for key, kind, nation, after in rows}
        self.heirs = {key: self._heir(key) for key in self.bodies}
        """Who carries on the work of each body; itself, unless it was renamed or abolished."""
        self.shares: dict[int, dict[int, frozenset[str]]] = defaultdict(dict)
        self._read_involvements()
        self._read_devolved()

    def _heir(self, key: int) -> int:
        seen = {key}
        while (after := self.bodies[key].successor) is not None and after not in seen:
            seen.add(after)
            key = after
        return key

    def _read_involvements(self) -> None:
        rows = (
            Involvement.objects.filter(
                Among("commitment", Keys(self.scope)), role__in=SPEAKING_PARTS
            )
            .order_by()
            .values_list("institution", "role", "commitment")
        )
        for named, role, commitment in plain(rows):
            key = self.heirs[named]
            body = self.bodies[key]
            if body.kind in NOT_GOVERNMENT:
                continue
            if role == Involvement.Role.LEAD:
                self.shares[key][commitment] = self.scope[commitment]
            elif body.nation is not None:
                self._add(key, commitment, body.nation)

    def _read_devolved(self) -> None:
        """Add the devolved governments, which speak for their nation wherever it is in scope."""
        for key, body in self.bodies.items():
            if body.kind != Institution.Kind.DEVOLVED or body.nation is None or body.successor:
                continue
            for commitment in self.scope:
                self._add(key, commitment, body.nation)

    def _add(self, key: int, commitment: int, nation: str) -> None:
        if nation in self.scope[commitment]:
            self.shares[key].setdefault(commitment, frozenset({nation}))


class Institutions:
    """The institutions that answer for some of the commitments, as it stands on the day `on`.

    Six queries at most, whatever the number of institutions.
    """

    def __init__(self, scope: Answered, on: date) -> None:
        self.scope = scope
        self.on = on

    def rows(self) -> list[InstitutionRow]:
        """Return the institutions with something left to do, those with most overdue first."""
        if not self.scope:
            return []
        totals = self._numbers
        keys = [key for key in self._answers.shares if any(totals[key])]
        waiting, last = self._waiting(), self._last_published(keys)
        since = months_before(self.on, STALE_AFTER_MONTHS)
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
                is_silent=last.get(body.pk, date.min) < since,
            )
            for body in Institution.objects.filter(pk__in=keys).only("name", "team_mailbox")
        ]
        return sorted(rows, key=_most_overdue_first)

    def counts(self) -> dict[Part, int]:
        """Count the milestones of each part, whoever answers for them."""
        return per_part(self._numbers[EVERYBODY])

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.scope)

    @cached_property
    def _numbers(self) -> Mapping[int, Numbers]:
        """Count what is left to do, per institution and for EVERYBODY. One query."""
        tally = Tally(self.scope, self.on)
        shares = {EVERYBODY: self.scope, **self._answers.shares}
        return {key: tally.left_in(share) for key, share in shares.items()}

    def _waiting(self) -> Counter[int]:
        """Count per institution the reports that wait for its sign-off."""
        rows = (
            ProgressUpdate.objects.filter(
                Among("milestone__commitment", Keys(self.scope)),
                published_at__isnull=True,
                state=ProgressUpdate.State.SUBMITTED,
                source_title="",
            )
            .order_by()
            .values_list("institution")
            .annotate(number=Count("pk"))
        )
        counted: Counter[int] = Counter()
        for key, number in rows:
            counted[self._answers.heirs[key]] += number
        return counted

    def _last_published(self, institutions: Iterable[int]) -> dict[int, date]:
        """Return per institution the day of its latest report, or of those it succeeded."""
        wanted = set(institutions)
        bodies = [key for key, heir in self._answers.heirs.items() if heir in wanted]
        latest = (
            ProgressUpdate.objects.published()
            .filter(institution=OuterRef("pk"))
            .order_by("-published_at")
            .values("published_at")[:1]
        )
        moments: dict[int, datetime] = {}
        rows = Institution.objects.filter(Among("pk", Keys(bodies))).order_by()
        for key, moment in rows.values_list("pk", Subquery(latest)):
            heir = self._answers.heirs[key]
            if moment is not None:
                moments[heir] = max(moments.get(heir, moment), moment)
        return {key: timezone.localdate(moment) for key, moment in moments.items()}


def per_part(numbers: Numbers) -> dict[Part, int]:
    """Return the numbers of the parts."""
    return dict(zip(OF_MILESTONES, numbers, strict=False))


def _most_overdue_first(row: InstitutionRow) -> tuple[int, bool, str]:
    return (-row.counts[Part.OVERDUE], not row.is_silent, row.institution.name)
