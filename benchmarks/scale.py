"""How long each kind of page takes with 2,000, 50,000 and 500,000 milestones in four nations.

    python -m benchmarks.scale [sqlite|postgresql] [--most 500000]

Every page is made anew, also those that are otherwise kept: milliseconds of the quickest of a few
runs, the number of queries, and how often that is the time of a plain page of Django with four
queries in the same run. The rows are the real ones and beside them a large tracker, with progress,
overdue milestones, findings and amendments, of which the database makes copies.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from benchmarks.copies import GrowingTracker
from benchmarks.measuring import arguments, load, timed
from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.models import Report
from milestones.models import Milestone
from ogp_tracker import urls
from ogp_tracker.importing.real_data import load_real_data
from ogp_tracker.pages import PAGE, PAGES

SIZES = (2_000, 50_000, 500_000)
WITHIN = 250
"""Milliseconds within which a page is to be made, with up to 50,000 milestones on PostgreSQL."""
RUNS = 3
QUERIED = (Nation, ActionPlan, Institution, Commitment)
PLAIN = Template(
    "<html>{% for rows in lists %}<ul>{% for row in rows %}<li>{{ row.pk }} {{ row }}</li>"
    "{% endfor %}</ul>{% endfor %}</html>"
)
WITHOUT_ROWS = {
    *("follow", "mistake", "data", "data_releases", "data_release", "api_docs"),
    *("about", "accessibility", "privacy"),
}
"""Pages that show no rows of the tracker."""


def plain(_request: HttpRequest) -> HttpResponse:
    lists = [model._default_manager.order_by("pk")[:25] for model in QUERIED]
    return HttpResponse(PLAIN.render(Context({"lists": lists})))


urlpatterns = [path("plain/", plain), *urls.urlpatterns]


def main() -> None:
    given = arguments("all kinds of page", most=SIZES[-1])
    load_real_data()
    tracker = GrowingTracker(SIZES[0])
    for size in SIZES:
        if size <= given.most:
            tracker.grow(size)
            with override_settings(PAGE_CACHE_PAGES=0, ROOT_URLCONF=__name__):
                show(size, given.database)


def show(size: int, database: str) -> None:
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    limit = timed(partial(client.get, "/plain/")).quickest
    print(
        f"\n{database}, {size:,} milestones; {load()};"
        f" a plain page with four queries takes {limit:.1f} ms\n"
        f"{'page':28} {'ms':>7} {'queries':>8} {'x plain':>8} {f'of {WITHIN} ms':>10}"
    )
    for name, address in addresses():
        get = partial(client.get, address)
        with CaptureQueriesContext(connection) as captured:
            answer = get()
        queries = len(captured)
        if answer.status_code != 200:
            print(f"{name:28} {answer.status_code}: {address}")
            continue
        took = timed(get, RUNS).quickest
        print(
            f"{name:28} {took:7.1f} {queries:8} {took / limit:8.1f} {took / WITHIN:10.2f}",
            flush=True,
        )


def addresses() -> Iterator[tuple[str, str]]:
    """One of each kind of page, and below pages what needs rows."""
    rows: dict[type, Any] = {
        Nation: Nation.objects.order_by("position")[1],
        ActionPlan: ActionPlan.objects.get(slug="plan-1"),
        Institution: Institution.objects.get(slug="institution-1"),
        Commitment: Commitment.objects.get(slug="UK1"),
        Milestone: Milestone.objects.get(commitment__slug="UK1", number=1),
        Report: Report.objects.get(slug="report-of-plan-1"),
    }
    for page in PAGES:
        if page.name not in WITHOUT_ROWS:
            yield page.name, page.address(rows[page.model] if page.model else None)
    yield "the real UK0096", "/commitments/UK0096/"
    yield "institution that leads all", "/institutions/institution-400/"
    yield "search for a common word", "/search/?q=milestone"
    for name in ("front", "nation", "plan"):
        page = PAGE[name]
        row = rows[page.model] if page.model else None
        for what in ("changes", "feed", "calendar"):
            yield f"{name}: {what}", page.address(row, what)
    yield "API: commitments", "/api/v1/commitments/"
    yield "API: milestones", "/api/v1/milestones/"


if __name__ == "__main__":
    main()
