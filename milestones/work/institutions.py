"""What a point of contact sees of each institution that answers for milestones of its scope."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from commitments.models import Commitment, Institution, Involvement
from commitments.models.membership import NOT_GOVERNMENT
from commitments.rights import SPEAKING_PARTS, Rights
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.levels import Level
from milestones.models import Milestone, NationProgress, ProgressUpdate

from .duties import of_part, running
from .parts import OF_MILESTONES, Part

WHOLE = None
"""In the place of a nation: all of what a commitment promises, in every nation."""

Place = tuple[int, int | None]
"""A commitment, and the nation whose part of it is looked at."""


@dataclass(frozen=True)
class InstitutionRow:
    """An institution with what it has left to do in plans that run."""

    institution: Institution
    counts: Mapping[Part, int]
    unfinished: int
    waiting: int
    """Reports that wait for the sign-off of its lead."""
    last_published: date | None
    """The day of its latest report anywhere."""
    is_silent: bool
    """Whether it has published nothing for six months."""

    @property
    def numbers(self) -> list[tuple[Part, int]]:
        """Return the counts in the order of the parts."""
        return [(part, self.counts[part]) for part in OF_MILESTONES]


class Answers:
    """Who answers for which commitments: all of one, or the part of one nation."""

    def __init__(self, commitments: frozenset[int]) -> None:
        self.commitments = commitments
        self.bodies = {
            body.pk: body
            for body in Institution.objects.only("kind", "nation", "succeeded_by", "name")
        }
        self.shares: dict[int, dict[int, int | None]] = defaultdict(dict)
        self._read_involvements()
        self._read_devolved()

    def heir(self, key: int) -> int:
        """Return who carries on the work of a body that was renamed or abolished."""
        seen = {key}
        while (after := self.bodies[key].succeeded_by_id) is not None and after not in seen:
            seen.add(after)
            key = after
        return key

    def _read_involvements(self) -> None:
        rows = Involvement.objects.filter(
            commitment__in=self.commitments, role__in=SPEAKING_PARTS
        ).values_list("institution", "commitment", "role")
        for key, commitment, role in rows:
            body = self.bodies[self.heir(key)]
            if body.kind in NOT_GOVERNMENT:
                continue
            if role == Involvement.Role.LEAD:
                self.shares[body.pk][commitment] = WHOLE
            elif body.nation_id is not None:
                self.shares[body.pk].setdefault(commitment, body.nation_id)

    def _read_devolved(self) -> None:
        """Add the devolved governments, which speak for their nation wherever it is in scope."""
        devolved = [
            body
            for body in self.bodies.values()
            if body.kind == Institution.Kind.DEVOLVED
            and body.nation_id
            and not body.succeeded_by_id
        ]
        delivered = Commitment.nations.through._default_manager.filter(
            commitment__in=self.commitments,
            nation__in=[body.nation_id for body in devolved],
        ).values_list("nation", "commitment")
        in_nation: dict[int | None, list[int]] = defaultdict(list)
        for nation, commitment in delivered:
            in_nation[nation].append(commitment)
        for body in devolved:
            for commitment in in_nation.get(body.nation_id, ()):
                self.shares[body.pk].setdefault(commitment, body.nation_id)


def institution_rows(rights: Rights, *, on: date) -> list[InstitutionRow]:
    """Return the institutions with something left to do, those with most overdue first.

    Ten queries at most, whatever the number of institutions.
    """
    if not rights.coordinates:
        return []
    commitments = running(rights.edited_commitments(), on)
    answers = Answers(commitments)
    found = _counts(commitments, on)
    totals = {key: _add_up(mine, found) for key, mine in answers.shares.items()}
    keys = [key for key, total in totals.items() if total["unfinished"]]
    waiting, last = _waiting(commitments, answers), _last_published(answers)
    since = months_before(on, STALE_AFTER_MONTHS)
    rows = [
        InstitutionRow(
            institution=body,
            counts={part: totals[body.pk][part] for part in OF_MILESTONES},
            unfinished=totals[body.pk]["unfinished"],
            waiting=waiting[body.pk],
            last_published=last.get(body.pk),
            is_silent=last.get(body.pk, date.min) < since,
        )
        for body in Institution.objects.filter(pk__in=keys)
    ]
    return sorted(rows, key=_most_overdue_first)


def _counts(commitments: frozenset[int], on: date) -> dict[Place, Counter[str]]:
    """Count the unfinished milestones, in all and per part, of each commitment and nation.

    Two queries. The nations in which there is nothing left to do come as one number per milestone,
    a bit for each nation: nothing else let both databases answer quickly for several nations.
    """
    in_scope: dict[int, int] = defaultdict(int)
    through = Commitment.nations.through._default_manager.filter(commitment__in=commitments)
    pairs = list(through.values_list("commitment", "nation"))
    bits = {nation: 1 << place for place, nation in enumerate({nation for _, nation in pairs})}
    for commitment, nation in pairs:
        in_scope[commitment] |= bits[nation]
    rows = (
        Milestone.objects.filter(commitment__in=commitments)
        .order_by()
        .annotate(
            part=Case(*(When(of_part(part, on), then=Value(part.value)) for part in OF_MILESTONES)),
            settled=Coalesce(_settled(bits), 0),
        )
        .values_list("commitment", "part", "settled")
    )
    counts: dict[Place, Counter[str]] = defaultdict(Counter)
    for (commitment, part, settled), number in Counter(rows).items():
        left = in_scope[commitment] & ~settled
        places = [nation for nation, bit in bits.items() if left & bit]
        for place in (WHOLE, *places) if places else ():
            counts[commitment, place]["unfinished"] += number
            if part:
                counts[commitment, place][part] += number
    return counts


def _settled(bits: Mapping[int, int]) -> Subquery:
    """Return the sum of the bits of the nations in which nothing is left to do."""
    rows = NationProgress.objects.filter(
        Q(level=Level.COMPLETED) | Q(applies=False), milestone=OuterRef("pk"), nation__in=bits
    )
    bit = Case(
        *(When(nation=nation, then=Value(bit)) for nation, bit in bits.items()),
        default=Value(0),
        output_field=BigIntegerField(),
    )
    return Subquery(rows.order_by().values("milestone").annotate(bits=Sum(bit)).values("bits"))


def _add_up(mine: Mapping[int, int | None], found: Mapping[Place, Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for commitment, nation in mine.items():
        total.update(found.get((commitment, nation), {}))
    return total


def _waiting(commitments: frozenset[int], answers: Answers) -> Counter[int]:
    """Count per institution the reports that wait for its sign-off."""
    rows = (
        ProgressUpdate.objects.filter(
            published_at__isnull=True,
            state=ProgressUpdate.State.SUBMITTED,
            source_title="",
            milestone__commitment__in=commitments,
        )
        .order_by()
        .values_list("institution")
        .annotate(number=Count("pk"))
    )
    counted: Counter[int] = Counter()
    for key, number in rows:
        counted[answers.heir(key)] += number
    return counted


def _last_published(answers: Answers) -> dict[int, date]:
    """Return per institution the day of its latest report, or of those it succeeded."""
    latest = (
        ProgressUpdate.objects.published()
        .filter(institution=OuterRef("pk"))
        .order_by("-published_at")
        .values("published_at")[:1]
    )
    days: dict[int, date] = {}
    for key, moment in Institution.objects.order_by().values_list("pk", Subquery(latest)):
        if moment is not None:
            heir = answers.heir(key)
            days[heir] = max(days.get(heir, date.min), timezone.localdate(moment))
    return days


def _most_overdue_first(row: InstitutionRow) -> tuple[int, bool, str]:
    return (-row.counts[Part.OVERDUE], not row.is_silent, row.institution.name)
