"""Commitments on the page of a nation, plan or institution: those of which something is recorded
first and with both voices, the others by title alone."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest

from commitments.models import Commitment, Nation
from commitments.querysets import CommitmentQuerySet
from ogp_tracker.common.relations import attach_level_counts, related_public_rows

RECORDED_PER_PAGE = 15
OTHERS_PER_PAGE = 50

Rows = QuerySet[Any] | Sequence[Any]


class TwoPartPaginator(Paginator):  # type: ignore[type-arg]
    """Turns the pages of one list, then of another that begins on the last page of the first.

    A page has the rows of both, `first` and `rest`.
    """

    def __init__(self, first: Rows, rest: Rows, *, sizes: tuple[int, int], totals: tuple[int, int]):
        super().__init__(first, sizes[0])
        self.rest, self.sizes, self.totals = rest, sizes, totals
        self.count = sum(totals)
        self.first_page_of_rest = max(1, -(-totals[0] // sizes[0]))
        pages_of_rest = max(1, -(-totals[1] // sizes[1]))
        self.num_pages = self.first_page_of_rest + pages_of_rest - 1

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        page: Any = Page((), number, self)
        page.first = self._slice(self.object_list, 0, number - 1)
        page.rest = self._slice(self.rest, 1, number - self.first_page_of_rest)
        page.object_list = [*page.first, *page.rest]
        return page

    def _slice(self, rows: Rows, part: int, place: int) -> list[Any]:
        start, size = place * self.sizes[part], self.sizes[part]
        return list(rows[start : start + size]) if 0 <= start < self.totals[part] else []


def figures_of(commitments: CommitmentQuerySet) -> dict[str, Any]:
    """What `coverage` counts, and `recorded_count`, `plan_count`, `first_day`. Two queries."""
    rows = Commitment.objects.filter(pk__in=commitments.order_by().values("pk"))
    return commitments.coverage() | rows.aggregate(
        recorded_count=Count("pk", filter=Q(pk__in=commitments.recorded().order_by().values("pk"))),
        plan_count=Count("plan", distinct=True),
        first_day=Min("plan__start_date"),
    )


def recorded_first(
    request: HttpRequest, commitments: CommitmentQuerySet, nation: Nation | None = None
) -> dict[str, Any]:
    """What `commitments/recorded_first.html` shows: a page of them, newest plan first."""
    figures = figures_of(commitments)
    ordered = commitments.newest_plan_first()
    recorded = figures["recorded_count"]
    paginator = TwoPartPaginator(
        ordered.recorded().for_list().prefetch_related(_said_of_whole(nation)),
        ordered.not_recorded().for_list(),
        sizes=(RECORDED_PER_PAGE, OTHERS_PER_PAGE),
        totals=(recorded, figures["commitment_count"] - recorded),
    )
    page = paginator.get_page(request.GET.get("page"))
    keys = [row.pk for row in page.object_list]
    milestones = related_public_rows(Commitment, "milestones").filter(commitment__in=keys)
    attach_level_counts(page.object_list, milestones, by="commitment", nation=nation)
    last = {row.commitment_id: row for row in _last_said(keys, nation)}
    for line in page.first:
        line.last = last.get(line.pk)
    return {"commitments": commitments, "figures": figures, "page": page}


def _said(nation: Nation | None) -> Any:
    rows = related_public_rows(Commitment, "nation_progress").filter(update__isnull=False)
    return (rows.filter(nation=nation) if nation else rows).select_related("nation", "update")


def _said_of_whole(nation: Nation | None) -> "Prefetch[Any]":
    rows = _said(nation).filter(milestone=None)
    return Prefetch("nation_progress", queryset=rows.order_by("nation"), to_attr="whole")


def _last_said(commitments: list[int], nation: Nation | None) -> Any:
    """The latest word about a milestone of each commitment. One query."""
    latest = Window(
        RowNumber(),
        partition_by=F("commitment"),
        order_by=(F("as_of").desc(), F("update").desc(), F("pk").asc()),
    )
    rows = _said(nation).filter(milestone__isnull=False, commitment__in=commitments)
    return rows.annotate(place=latest).filter(place=1)
