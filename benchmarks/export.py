"""How long a table takes to export, against the database's own way of writing CSV.

    python -m benchmarks.export [sqlite|postgresql] [--assessments 200000]

Exports 13 columns of assessments of about 700 characters each, joined to their commitment. Each
time is the median of several runs, given as a ratio to `psql … COPY … TO STDOUT CSV` or `sqlite3
-csv` in the same run for the same rows, or to the bare fetch of the rows. Both programs have to be
on the PATH.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from benchmarks import FOLDER
from benchmarks.measuring import arguments, timed
from benchmarks.rows import MILESTONES_EACH, LargeTracker, in_batches, writing_without_triggers
from irm.models import Assessment, Report
from ogp_tracker.opendata import data_files, version
from ogp_tracker.opendata.formats import BY_ENDING
from ogp_tracker.opendata.tables.found import ASSESSMENTS

TIMES = 5
REPORTS = 20
COLUMNS = (
    *("report_id", "report_kind", "commitment_id", "ogp_id", "commitment_title", "plan_id"),
    *("number_in_report", "title_in_report", "completion", "early_results", "analysis"),
    *("footnotes", "published_on"),
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
TEXT = "What the report says of it, “in words” that go on for some lines, as reports do.\n"


def drain(rows: Iterable[object]) -> None:
    deque(rows, maxlen=0)


def main() -> None:
    given = arguments("the exports", assessments=200_000)
    with writing_without_triggers():
        in_batches(Assessment, assessments(given.assessments))
    measure(given.database, given.assessments)


def assessments(number: int) -> Iterator[Assessment]:
    tracker = LargeTracker(MILESTONES_EACH * number // REPORTS)
    tracker.make_bodies()
    tracker.make_commitments()
    reports = Report.objects.bulk_create(
        Report(slug=f"report-{n}", kind="results_report", title=f"Report {n}", stage="final")
        for n in range(REPORTS)
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    for report in reports:
        for commitment in tracker.commitments:
            yield Assessment(
                report=report,
                commitment=commitment,
                number_in_report=str(commitment.pk),
                title_in_report=f"{commitment.pk}. A title of the usual length, as in the report",
                completion=("limited", "substantial", "no_evidence_available")[commitment.pk % 3],
                is_recorded=True,
                analysis=TEXT * 6,
                footnotes="[1] Interview with an official, 17 July 2020.",
                published_on=yesterday,
            )


def measure(database: str, number: int) -> None:
    columns = tuple(one for one in ASSESSMENTS.columns if one.name in COLUMNS)
    table, on = replace(ASSESSMENTS, columns=columns), timezone.localdate()
    path = data_files.path_of(FOLDER / "data", version.current(), "assessments.csv")

    def written(ending: str) -> Iterator[bytes]:
        return BY_ENDING[ending].content(table, on)

    def from_file() -> Iterable[bytes]:
        return data_files.pieces_of(path, lambda: written("csv"))

    command = own_command(database)
    own = seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))
    fetch = seconds(lambda: drain(table.blocks(on)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    csv = seconds(lambda: drain(written("csv")))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    first = seconds(lambda: next(written("csv")))
    size = sum(map(len, written("csv"))) / 1e6
    print(
        f"\n{database}, {number:,} assessments, {len(COLUMNS)} columns, {size:.0f} MB as CSV\n"
        f"{command[0]}: {own:.2f} s; bare fetch: {fetch:.2f} s\n"
        f"first piece of CSV after {first * 1000:.0f} ms (limit 100);"
        f" memory on top: {grown:.1f} MB (limit 10)\n"
    )
    for name, took, against, limit in (
        ("CSV", csv, own, 1.5),
        ("JSON", seconds(lambda: drain(written("json"))), own, 2.0),
        ("XLSX", seconds(lambda: drain(written("xlsx"))), fetch, 6.0),
        ("stored", seconds(lambda: drain(from_file())), own, 0.3),
    ):
        print(f"{name:8} {took:6.2f} s   {took / against:5.2f} x   (limit {limit})")


def own_command(database: str) -> list[str]:
    address = os.environ["DATABASE_URL"]
    if database == "postgresql":
        command = ["psql", address, "-qc", f"COPY ({SAME_ROWS}) TO STDOUT (FORMAT csv)"]
    else:
        command = ["sqlite3", "-csv", address.removeprefix("sqlite:///"), SAME_ROWS]
    if not shutil.which(command[0]):
        sys.exit(f"{command[0]} is not on the PATH.")
    return command


def seconds(action: Callable[[], object]) -> float:
    return timed(action, TIMES).median / 1000


if __name__ == "__main__":
    main()
