"""How long the first page of the Admin section takes with 20,000 milestones in 80,000 parts.

    python -m benchmarks.my_work [sqlite|postgresql] [--milestones 20000]

Makes a database of its own in a temporary folder and takes it away again. A machine has good and
bad moments: the quickest of several times is what the page needs, the middle what it took here.
Beside them stands what the same machine needs for a page without any work on it and for one count
of all parts.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

LIMIT = 200
"""Milliseconds within which the page has to be there."""

TIMES = 15


def main() -> None:
    """Make the rows, ask for the page of each kind of account, and print what it took."""
    parser = argparse.ArgumentParser(description="Time the first page of the Admin section.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--milestones", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(given.database, Path(folder))
        measure(given.database, given.milestones)


def set_up(database: str, folder: Path) -> None:
    """Choose the database, and make its tables. The settings are those of a site, not of DEBUG."""
    from tests import environment

    file = f"sqlite:///{folder / 'tracker.sqlite3'}"
    os.environ["TRACKER_TEST_DATABASE"] = database if database == "postgresql" else file
    environment.settle()
    os.environ["DJANGO_SETTINGS_MODULE"] = "ogp_tracker.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def measure(database: str, milestones: int) -> None:
    """Print one line per kind of account."""
    from django.db import connection

    from benchmarks.rows import LargeTracker, officer
    from milestones.models import NationProgress

    tracker = LargeTracker(milestones)
    tracker.make()
    if database == "postgresql":
        # As its autovacuum does after a while. SQLite needs neither.
        connection.cursor().execute("VACUUM ANALYZE")
    one, everything, plan = tracker.institutions[0], tracker.everywhere, tracker.plans[0]
    accounts = {
        "reporter of one institution": officer(one, "reporter"),
        "lead of one institution": officer(one, "lead"),
        "point of contact of one plan": officer(everything, "point_of_contact", plan),
        "point of contact of one nation": officer(one, "point_of_contact"),
        "lead of an institution that leads all": officer(everything, "lead"),
        "point of contact of everything": officer(everything, "point_of_contact", *tracker.plans),
    }
    idle = officer(None, "administrator")
    page = timed(lambda: first_page(idle)).quickest
    count = timed(
        NationProgress.objects.filter(applies=True).exclude(level="completed").count
    ).quickest
    print(
        f"\n{database}, {milestones:,} milestones in {NationProgress.objects.count():,} parts\n"
        f"a page without work: {page:.0f} ms; one count of all parts: {count:.0f} ms\n"
        f"processes that wait for one of {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}\n"
    )
    for name, account in accounts.items():
        took = timed(lambda who=account: first_page(who))
        print(
            f"{name:38} quickest {took.quickest:4.0f} ms, {took.quickest / LIMIT:4.2f} of {LIMIT}"
            f"   middle {took.middle:4.0f} ms, {took.middle / LIMIT:4.2f}"
            f"   {took.quickest / (page + count):4.1f} x page and count"
            f"   {queries(account):2} queries"
        )


def first_page(account: Any) -> None:
    """Make the first page for the account, as the view does once it has signed in."""
    from django.contrib import admin
    from django.test import RequestFactory

    request = RequestFactory(SERVER_NAME="localhost").get("/admin/")
    request.user = account
    admin.site.index(request).render()


def queries(account: Any) -> int:
    """Return how often the page asks the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        first_page(account)
    return len(asked)


class Times(NamedTuple):
    """Milliseconds: the quickest of several, which other programs can only lengthen, the middle."""

    quickest: float
    middle: float


def timed(action: Callable[[], Any]) -> Times:
    """Return how long the action takes once everything is warm."""
    action()
    took = []
    for _time in range(TIMES):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
    return Times(min(took), median(took))


if __name__ == "__main__":
    sys.exit(main())
