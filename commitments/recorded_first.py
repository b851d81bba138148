"""Commitments on the page of a nation, plan or institution: those of which something is recorded
first and with both voices, the others by title alone."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest

from commitments.models import Commitment, Nation
from commitments.querysets import CommitmentQuerySet
from ogp_tracker.common.relations import attach_level_counts, related_public_rows

RECORDED_PER_PAGE = 15
OTHERS_PER_PAGE = 50


class TwoPartPaginator(Paginator):
    """Turns the pages of rows of two kinds: the second begins on the last page of the first.

    `rows` has the first kind before the second; `totals` says how many there are of each, `sizes`
    how many a page has. A page has them apart, as `first` and `rest`.
    """

    def __init__(
        self,
        rows: QuerySet[Any] | Sequence[Any],
        *,
        sizes: tuple[int, int],
        totals: tuple[int, int],
    ) -> None:
        super().__init__(rows, sizes[0])
        self.sizes, self.totals, self.count = sizes, totals, sum(totals)
        self.first_page_of_rest = max(1, -(-totals[0] // sizes[0]))
        self.num_pages = self.first_page_of_rest + max(1, -(-totals[1] // sizes[1])) - 1

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        of_first, beyond = self.totals[0], number - self.first_page_of_rest
        start = (number - 1) * self.sizes[0] if beyond <= 0 else of_first + beyond * self.sizes[1]
        end = number * self.sizes[0] if beyond < 0 else of_first + (beyond + 1) * self.sizes[1]
        page: Any = Page(list(self.object_list[start:end]), number, self)
        split = max(0, of_first - start)
        page.first, page.rest = page.object_list[:split], page.object_list[split:]
        return page


def recorded_first(
    request: HttpRequest, commitments: CommitmentQuerySet, nation: Nation | None = None
) -> dict[str, Any]:
    """What `commitments/recorded_first.html` shows: a page of them, newest plan first.

    The keys of all are read at once, to be counted and to be put in order.
    """
    columns = ("pk", "plan", "plan__start_date", "is_recorded", "is_covered")
    every = list(commitments.with_coverage().newest_plan_first().values_list(*columns))
    recorded = [key for key, _plan, _start, is_recorded, _covered in every if is_recorded]
    others = [key for key, _plan, _start, is_recorded, _covered in every if not is_recorded]
    paginator = TwoPartPaginator(
        recorded + others,
        sizes=(RECORDED_PER_PAGE, OTHERS_PER_PAGE),
        totals=(len(recorded), len(others)),
    )
    page: Any = paginator.get_page(request.GET.get("page"))
    keys = list(page)
    rows = commitments.model.objects.for_list().in_bulk(keys)
    page.first, page.rest = ([rows[key] for key in part] for part in (page.first, page.rest))
    page.object_list = [*page.first, *page.rest]
    milestones = related_public_rows(Commitment, "milestones").filter(commitment__in=keys)
    attach_level_counts(page, milestones, by="commitment", nation=nation)
    said = list(_last_said(keys, nation))
    for line in page:
        own = [row for row in said if row.commitment_id == line.pk]
        line.whole = [row for row in own if row.milestone_id is None]
        line.last = next((row for row in own if row.milestone_id), None)
    figures = {
        "commitment_count": len(every),
        "covered_count": sum(row[4] for row in every),
        "recorded_count": len(recorded),
        "plan_count": len({row[1] for row in every} - {None}),
        "first_day": min((row[2] for row in every if row[2]), default=None),
    }
    return {"commitments": commitments, "figures": figures, "page": page}


def _last_said(commitments: list[int], nation: Nation | None) -> QuerySet[Any]:
    """Of each commitment what is said of the whole in each nation, and the latest word about a
    milestone. One query."""
    part = Case(When(milestone=None, then=F("nation")), default=Value(0))
    latest = Window(
        RowNumber(),
        partition_by=(F("commitment"), part),
        order_by=(F("as_of").desc(), F("update").desc(), F("pk").asc()),
    )
    rows = related_public_rows(Commitment, "nation_progress").filter(update__isnull=False)
    rows = rows.filter(commitment__in=commitments, **({"nation": nation} if nation else {}))
    rows = rows.select_related("nation", "update").annotate(place=latest).filter(place=1)
    return rows.order_by("nation")
