"""The list of commitments by action plan: which plans a page has, and what each heading says."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from commitments.models import ActionPlan, Commitment
from commitments.querysets import CommitmentQuerySet
from ogp_tracker.common.relations import model_behind, related_public_rows

MOST_ON_A_PAGE = 50


class KnownCounts(NamedTuple):
    commitment_count: int = 0
    covered_count: int = 0  # Milestones are recorded here.
    reported_count: int = 0  # Something is known of progress, from any source.
    found_count: int = 0  # A completion code is a finding.


class PlanSection(NamedTuple):
    """The commitments of one plan on a page; with filters, those that match."""

    plan: ActionPlan | None
    counts: KnownCounts
    known: list[Commitment]
    unknown: list[Commitment]
    """Of whose progress nothing is known: a line each is enough."""


class PlanPaginator(Paginator):
    """Pages of whole plans; only a plan with more than a page holds is split."""

    def __init__(self, commitments: QuerySet[Commitment], sizes: Sequence[int]) -> None:
        super().__init__(commitments, MOST_ON_A_PAGE)
        self.bounds = page_bounds(sizes, MOST_ON_A_PAGE)
        self.count, self.num_pages = sum(sizes), len(self.bounds)

    def page(self, number: int | str) -> Page[Commitment]:
        number = self.validate_number(number)
        return Page(self.object_list[slice(*self.bounds[number - 1])], number, self)


def page_bounds(sizes: Iterable[int], most: int) -> list[tuple[int, int]]:
    """Where each page begins and ends; `sizes` are those of the plans, in their order."""
    bounds, start, end = [], 0, 0
    for size in sizes:
        if start < end and end + size - start > most:
            bounds.append((start, end))
            start = end
        end += size
        while end - start > most:
            bounds.append((start, start + most))
            start += most
    return [*bounds, (start, end)] if start < end or not bounds else bounds


def counts_by_plan(commitments: CommitmentQuerySet) -> dict[int | None, KnownCounts]:
    """In the order of `newest_plan_first`. One query."""
    # The commitments are public already, and to ask again of each row takes twice as long.
    progress = model_behind(Commitment, "nation_progress").objects.in_scope()
    rows = {
        "covered_count": model_behind(Commitment, "milestones").objects,
        "reported_count": progress.filter(update__isnull=False),
        "found_count": related_public_rows(Commitment, "assessments").with_completion(),
    }
    known = {
        name: Count("pk", filter=Q(Exists(some.filter(commitment=OuterRef("pk")))))
        for name, some in rows.items()
    }
    plans = commitments.newest_plan_first(only_plans=True).values_list("plan")
    counted = plans.annotate(commitment_count=Count("pk"), **known)
    return {plan: KnownCounts(*numbers) for plan, *numbers in counted}


def sections_of(
    lines: Iterable[Any], counts: dict[int | None, KnownCounts]
) -> Iterator[PlanSection]:
    """`lines` have their `level_counts` and what is said of the `whole`."""
    for plan, group in groupby(lines, lambda line: line.plan):
        section = PlanSection(plan, counts[plan.pk if plan else None], [], [])
        for line in group:
            heard = line.level_counts and line.level_counts.heard
            # That it was withdrawn is known, too.
            is_known = line.whole or heard or line.amendment_state
            (section.known if is_known else section.unknown).append(line)
        yield section
