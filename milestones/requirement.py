"""Whether this tracker is, for a plan, the repository that OGP asks of its members.

What is known of the requirement: minimum requirement 2.1 asks for a public website on the member's
part in OGP, 2.2 for a public repository of information and evidence, on process and on
implementation, which is updated at least twice a year. How much is enough OGP does not say in the
words that are known here; where this tracker had to draw a line, the page says which.

The answers are pure; the figures behind them are counted by the database, in `figures`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment
from commitments.models.plan import PlanState
from commitments.querysets import CommitmentQuerySet
from milestones.days import STALE_AFTER_MONTHS, months_before
from milestones.models import Evidence, ProgressUpdate
from ogp_tracker.common.counting import count_of

STANDARDS_SINCE = date(2022, 1, 1)
"""From this date OGP's Participation and Co-Creation Standards have the numbers 2.1 and 2.2."""


class RequirementAnswer(TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    CANNOT_BE_TOLD = "cannot_be_told", _("Not known")
    DOES_NOT_ARISE = "does_not_arise", _("Does not apply")


@dataclass(frozen=True)
class HalfYear:
    """Six months of a plan's term, or what is left of it, and the updates published here then."""

    first_day: date
    last_day: date
    is_whole: bool
    updates: int = 0
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class Figures:
    commitments: int
    public_since: date | None
    last_added: date | None
    with_update: int
    with_evidence: int
    half_years: tuple[HalfYear, ...]
    """Those that have begun, in their order; none if a date of the plan is unknown."""
    updates: int
    first_update: date | None
    last_update: date | None
    closed_before_it_was_here: bool = False

    @property
    def outside(self) -> int:
        """How many updates were published here before or after the term."""
        return self.updates - sum(half.updates for half in self.half_years)


@dataclass(frozen=True)
class RequirementAnswers:
    """The answers for a plan: 2.1, 2.2, and the parts of 2.2."""

    public_site: RequirementAnswer
    information: RequirementAnswer
    evidence: RequirementAnswer
    process: RequirementAnswer
    twice_a_year: RequirementAnswer

    @property
    def repository(self) -> RequirementAnswer:
        """2.2 as a whole: not met if a part is not, and met if all parts are."""
        parts = {self.information, self.evidence, self.process, self.twice_a_year}
        for answer in (
            RequirementAnswer.DOES_NOT_ARISE,
            RequirementAnswer.NOT_MET,
            RequirementAnswer.CANNOT_BE_TOLD,
        ):
            if answer in parts:
                return answer
        return RequirementAnswer.MET


def answers(figures: Figures, state: PlanState, *, on: date) -> RequirementAnswers:
    """Answer for a plan in `state` on the date `on`.

    2.1: this site is public, so it is met where the plan's commitments are on it. Information and
    evidence: an update on every commitment, and a piece of evidence for every commitment. On the
    process this tracker records nothing. Updates: one in every whole half-year so far. Of a plan
    that closed before it was on this site none of this can be asked.
    """
    if figures.closed_before_it_was_here:
        return RequirementAnswers(*[RequirementAnswer.DOES_NOT_ARISE] * 5)
    return RequirementAnswers(
        public_site=RequirementAnswer.MET if figures.commitments else RequirementAnswer.NOT_MET,
        information=_of_every(figures.with_update, figures, state),
        evidence=_of_every(figures.with_evidence, figures, state),
        process=RequirementAnswer.CANNOT_BE_TOLD,
        twice_a_year=_twice_a_year(figures.half_years, on),
    )


def _of_every(number: int, figures: Figures, state: PlanState) -> RequirementAnswer:
    if state == PlanState.COMING:
        return RequirementAnswer.CANNOT_BE_TOLD
    is_met = figures.commitments and number == figures.commitments
    return RequirementAnswer.MET if is_met else RequirementAnswer.NOT_MET


def _twice_a_year(half_years: Iterable[HalfYear], on: date) -> RequirementAnswer:
    if not (over := [half for half in half_years if half.is_whole and half.last_day < on]):
        return RequirementAnswer.CANNOT_BE_TOLD
    return (
        RequirementAnswer.MET if all(half.updates for half in over) else RequirementAnswer.NOT_MET
    )


def half_years(first_day: date, last_day: date, *, until: date) -> Iterator[HalfYear]:
    """Yield a term in parts of six months, counted from its first day, that begin up to `until`."""
    start, place = first_day, 1
    while start <= min(last_day, until):
        following = months_before(first_day, -STALE_AFTER_MONTHS * place)
        end = following - timedelta(days=1)
        yield HalfYear(start, min(end, last_day), is_whole=end <= last_day)
        start, place = following, place + 1


def figures(plan: ActionPlan, on: date) -> Figures:
    days = list(published_days(plan))
    term: Iterable[HalfYear] = ()
    if plan.start_date and plan.end_date:
        term = half_years(plan.start_date, plan.end_date, until=on)
    counted = _public_in(plan).aggregate(
        commitments=Count("pk"),
        public_since=Min("published_on"),
        last_added=Max("published_on"),
        with_update=Count("pk", filter=Exists(_updates())),
        with_evidence=Count("pk", filter=Exists(_evidence())),
    )
    since, end = counted["public_since"], plan.end_date
    return Figures(
        **counted,
        closed_before_it_was_here=end is not None and end < on and not (since and since <= end),
        half_years=tuple(_with_updates(half, days) for half in term),
        updates=sum(number for _day, number in days),
        first_update=days[0][0] if days else None,
        last_update=days[-1][0] if days else None,
    )


def commitments_of(plan: ActionPlan) -> QuerySet[Any]:
    updates, evidence = _updates(), _evidence()
    return (
        _public_in(plan)
        .annotate(
            update_count=count_of(updates, "commitment"),
            last_update=Subquery(
                updates.order_by()
                .values("commitment")
                .annotate(at=Max("published_at"))
                .values("at")
            ),
            evidence_count=count_of(evidence, "update__commitment"),
        )
        .newest_plan_first()
    )


def published_days(plan: ActionPlan) -> QuerySet[Any]:
    """Each date on which an update of the plan was published here, with how many were."""
    return (
        ProgressUpdate.objects.public()
        .of_government()
        .filter(commitment__plan=plan)
        .annotate(published_day=TruncDate("published_at"))
        .order_by("published_day")
        .values_list("published_day")
        .annotate(number=Count("pk"))
    )


def _public_in(plan: ActionPlan) -> CommitmentQuerySet:
    return Commitment.objects.public().filter(plan=plan)


def _updates() -> QuerySet[Any]:
    """What government has published of the outer commitment, which is public."""
    rows = ProgressUpdate.objects.of_government().published()
    return rows.filter(commitment=OuterRef("pk"))


def _evidence() -> QuerySet[Any]:
    """The evidence that government has given for the outer commitment, which is public."""
    mine = {"update__commitment": OuterRef("pk"), "update__published_at__isnull": False}
    return Evidence.objects.filter(**mine).exclude(update__provenance="assessor_report")


def _with_updates(half: HalfYear, days: list[tuple[date, int]]) -> HalfYear:
    mine = [(day, number) for day, number in days if half.first_day <= day <= half.last_day]
    if not mine:
        return half
    return replace(
        half, updates=sum(number for _day, number in mine), first_on=mine[0][0], last_on=mine[-1][0]
    )
