"""How long the first page of the admin takes with 50,000 milestones.

    python -m benchmarks.my_work [sqlite|postgresql] [--milestones 20000]

Each milestone is in four nations. The quickest of several runs is what the page needs, the median
what it took here. For comparison: the time of a page without any work on it, and of one count of
all rows of NationProgress.
"""

from functools import partial

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from benchmarks.measuring import arguments, load, timed
from benchmarks.rows import LargeTracker, officer
from milestones.models import NationProgress

LIMIT = 200
"""Milliseconds within which the page has to be ready."""


def main() -> None:
    given = arguments("the first page of the admin", milestones=50_000)
    tracker = LargeTracker(given.milestones)
    tracker.make()
    idle = officer(None, "administrator")
    page = timed(partial(first_page, idle)).quickest
    progress = NationProgress.objects.filter(applies=True).exclude(level="completed")
    count = timed(progress.count).quickest
    print(
        f"\n{given.database}, {given.milestones:,} milestones,"
        f" {NationProgress.objects.count():,} rows of progress; {load()}\n"
        f"a page without work: {page:.0f} ms; one count of all progress: {count:.0f} ms\n"
    )
    pages = {name: partial(first_page, one) for name, one in accounts(tracker).items()}
    for name, show in pages.items():
        took = timed(show)
        with CaptureQueriesContext(connection) as queries:
            show()
        print(
            f"{name:38} quickest {took.quickest:4.0f} ms, {took.quickest / LIMIT:4.2f} of {LIMIT}"
            f"   median {took.median:4.0f} ms, {took.median / LIMIT:4.2f}"
            f"   {took.quickest / (page + count):4.1f} x page and count"
            f"   {len(queries):2} queries"
        )


def accounts(tracker: LargeTracker) -> dict[str, User]:
    one, everywhere, plan = tracker.institutions[0], tracker.everywhere, tracker.plans[0]
    return {
        "reporter of one institution": officer(one, "reporter"),
        "lead of one institution": officer(one, "lead"),
        "point of contact of one plan": officer(everywhere, "point_of_contact", plan),
        "point of contact of one nation": officer(one, "point_of_contact"),
        "lead of an institution that leads all": officer(everywhere, "lead"),
        "point of contact of everything": officer(everywhere, "point_of_contact", *tracker.plans),
    }


def first_page(account: User) -> None:
    """As the view does once the account has signed in."""
    request = RequestFactory(SERVER_NAME="localhost").get("/admin/")
    request.user = account
    admin.site.index(request).render()


if __name__ == "__main__":
    main()
