"""How long a table takes to be handed out, against the database's own way of writing CSV.

    python -m benchmarks.export [sqlite|postgresql] [--assessments 200000]

Makes assessments of about 700 letters each, joined to their commitment, in a database of its own,
and takes 13 columns of them away. Each time is the middle of several, and stands as a ratio to what
`psql … COPY … TO STDOUT CSV`, or `sqlite3 -csv`, needs in the same run for the same rows, or to the
bare fetch of them. Both programs have to be on the PATH.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.my_work import set_up

TIMES = 5
REPORTS = 20
COLUMNS = (
    "report_id",
    "report_kind",
    "commitment_id",
    "ogp_id",
    "commitment_title",
    "plan_id",
    "number_in_report",
    "title_in_report",
    "completion",
    "early_results",
    "analysis",
    "footnotes",
    "published_on",
)
SAME_ROWS = """
    SELECT report.slug, report.kind, promise.slug, promise.ogp_id, promise.title, plan.slug,
        found.number_in_report, found.title_in_report, found.completion, found.early_results,
        found.analysis, found.footnotes, found.published_on
    FROM irm_assessment found
    JOIN irm_report report ON report.id = found.report_id
    JOIN commitments_commitment promise ON promise.id = found.commitment_id
    LEFT JOIN commitments_actionplan plan ON plan.id = promise.plan_id
    WHERE found.published_on IS NOT NULL AND report.stage = 'final'
        AND promise.published_on IS NOT NULL
    ORDER BY found.id
"""
LIMITS = {"CSV": 1.5, "JSON": 2.0, "XLSX": 6.0, "stored": 0.3}


def main() -> None:
    """Make the rows, take them away in each way, and print what it took."""
    parser = argparse.ArgumentParser(description="Time the exports.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--assessments", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(given.database, Path(folder))
        make(given.assessments)
        measure(given.database, given.assessments, Path(folder))


def make(number: int) -> None:
    """Write the assessments of so many commitments in some reports."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.rows import LargeTracker, in_batches
    from irm.models import Assessment, Report
    from ogp_tracker.common import triggers

    tracker = LargeTracker(20 * number // REPORTS)
    triggers.drop("default")
    tracker.make_bodies()
    tracker.make_commitments()
    reports = Report.objects.bulk_create(
        Report(
            slug=f"report-{place}", kind="results_report", title=f"Report {place}", stage="final"
        )
        for place in range(REPORTS)
    )
    words = "What the report says of it, “in words” that go on for some lines, as reports do.\n"
    today = timezone.localdate()
    in_batches(
        Assessment,
        (
            Assessment(
                report=report,
                commitment=commitment,
                number_in_report=str(commitment.pk),
                title_in_report=f"{commitment.pk}. A title of the usual length, as in the report",
                completion=("limited", "substantial", "no_evidence_available")[commitment.pk % 3],
                analysis=words * 6,
                footnotes="[1] Interview with an official, 17 July 2020.",
                published_on=today - timedelta(days=1),
            )
            for report in reports
            for commitment in tracker.commitments
        ),
    )
    triggers.install("default")
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")


def measure(database: str, number: int, folder: Path) -> None:
    """Print one line for each way of taking the rows away."""
    from dataclasses import replace

    from django.utils import timezone

    from ogp_tracker.opendata import data_files, version
    from ogp_tracker.opendata.formats import BY_ENDING
    from ogp_tracker.opendata.tables.found import ASSESSMENTS

    table = replace(
        ASSESSMENTS, columns=tuple(one for one in ASSESSMENTS.columns if one.name in COLUMNS)
    )
    on = timezone.localdate()
    path = data_files.path_of(folder / "data", version.current(), "assessments.csv")

    def written(ending: str) -> Iterator[bytes]:
        return BY_ENDING[ending].content(table, on)

    own = own_way(database)
    fetch = timed(lambda: drained(table.blocks(on)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    csv = timed(lambda: drained(written("csv")))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    first = timed(lambda: next(written("csv")))
    drained(data_files.pieces_of(path, lambda: written("csv")))
    again = timed(lambda: drained(data_files.pieces_of(path, lambda: written("csv"))))
    json, xlsx = (timed(lambda end=end: drained(written(end))) for end in ("json", "xlsx"))
    size = sum(map(len, written("csv"))) / 1e6
    print(
        f"\n{database}, {number:,} assessments, {len(COLUMNS)} columns, {size:.0f} MB as CSV\n"
        f"{'psql COPY' if database == 'postgresql' else 'sqlite3 -csv'}: {own:.2f} s;"
        f" bare fetch: {fetch:.2f} s\n"
        f"first piece of CSV after {first * 1000:.0f} ms (limit 100);"
        f" memory on top: {grown:.1f} MB (limit 10)\n"
    )
    for name, took, against in (
        ("CSV", csv, own),
        ("JSON", json, own),
        ("XLSX", xlsx, fetch),
        ("stored", again, own),
    ):
        print(f"{name:8} {took:6.2f} s   {took / against:5.2f} x   (limit {LIMITS[name]})")


def own_way(database: str) -> float:
    """Return the seconds that the database's own program needs for the same rows as CSV."""
    address = os.environ["DATABASE_URL"]
    if database == "postgresql":
        command = ["psql", address, "-qc", f"COPY ({SAME_ROWS}) TO STDOUT (FORMAT csv)"]
    else:
        command = ["sqlite3", "-csv", address.removeprefix("sqlite:///"), SAME_ROWS]
    if not shutil.which(command[0]):
        sys.exit(f"{command[0]} is not on the PATH.")
    return timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


def drained(parts: Iterator[Any]) -> None:
    """Take everything, and keep nothing."""
    for _part in parts:
        pass


def timed(action: Callable[[], Any]) -> float:
    """Return the seconds that the action takes, once everything is warm."""
    action()
    times = []
    for _time in range(TIMES):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return median(times)


if __name__ == "__main__":
    main()
