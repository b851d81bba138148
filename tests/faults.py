"""Deliberate faults in the rules that must never break: the tests marked `core` catch each of them.

    python -m tests.faults [WORD ...]

Each fault is put into a copy of the project, and `pytest -m core` is run there. WORDs choose faults
by what they break. If you change a rule, change its fault; a new rule brings a new one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "docs", "benchmarks", "browser")


@dataclass(frozen=True)
class Fault:
    """A rule's code in a file, where it stands exactly once, and what takes its place."""

    breaks: str
    file: str
    code: str
    replacement: str


FAULTS = (
    Fault(
        "sign-off: the author of an update signs it off",
        "milestones/progress_rules.py",
        "signed_off_by in (None, recorded_by):",
        "signed_off_by is None:",
    ),
    Fault(
        "sign-off: a reporter publishes",
        "commitments/rights.py",
        "_institutions(rows, {Role.LEAD})",
        "_institutions(rows, REPORTING_ROLES)",
    ),
    Fault(
        "visibility: drafts are public (SQL)",
        "ogp_tracker/common/visibility.py",
        "return self.filter(rule.own.condition(), **keys)",
        "return self.filter(**keys)",
    ),
    Fault(
        "visibility: the record of edits tells what a draft said",
        "ogp_tracker/opendata/tables/record.py",
        "self.seen_if.own.holds(before)",
        "True",
    ),
    Fault(
        "visibility: exports and API hand out assessments of draft reports (SQL)",
        "irm/models/assessment.py",
        'public_if = WITH_COMMITMENT & Report.public_if.behind("report")',
        "public_if = WITH_COMMITMENT",
    ),
    Fault(
        "visibility: the search finds what is not published (SQL)",
        "ogp_tracker/search/sources.py",
        "filter(visibility_of(self.model).condition())",
        "all()",
    ),
    Fault(
        "roll-up: a milestone is as far as its most advanced nation",
        "milestones/levels.py",
        "overall = min(stands,",
        "overall = max(stands,",
    ),
    Fault(
        "roll-up: a nation of which nothing is known does not count (stored copy)",
        "milestones/facts.py",
        "roll_up(current[key] or NationProgress() for key in nations if applies[key])",
        "roll_up(one for key in nations if applies[key] and (one := current[key]))",
    ),
    Fault(
        "rights: an institution that takes part reports for all nations",
        "commitments/rights.py",
        "in_scope & {own} if own and takes_part",
        "in_scope if own and takes_part",
    ),
    Fault(
        "rights: an account reports for any institution",
        "commitments/rights.py",
        "return institution is not None and institution.pk in self.reports_for",
        "return institution is not None",
    ),
    Fault(
        "exports: a cell behind a tab runs as a formula",
        "ogp_tracker/opendata/as_csv.py",
        r'FORMULA_SIGNS + "\t\r\n"',
        r'FORMULA_SIGNS + "\r\n"',
    ),
    Fault(
        "alerts: an address gets email although nobody confirmed it",
        "ogp_tracker/following/subscribing.py",
        'defaults={"how_often": how_often,',
        'defaults={"confirmed_at": timezone.now(), "how_often": how_often,',
    ),
    Fault(
        "alerts: two runs send the same email",
        "ogp_tracker/following/alerts.py",
        "if current != {one.pk: (one.last_sent, one.week) for one in email.subscriptions}:",
        "if not current:",
    ),
    Fault(
        "as at: a day shows what came at the midnight that ends it (SQL)",
        "ogp_tracker/opendata/as_at.py",
        "_meta.db_table}\" WHERE history_date < %s) versions'",
        "_meta.db_table}\" WHERE history_date <= %s) versions'",
    ),
    Fault(
        "clock: overdue on the due date itself",
        "milestones/days.py",
        "facts.due_on < on",
        "facts.due_on <= on",
    ),
    Fault(
        "clock: overdue on the due date itself (SQL)",
        "milestones/querysets.py",
        "on).filter(due_on__lt=on)",
        "on).filter(due_on__lte=on)",
    ),
    Fault(
        "clock: not updated a day too early (SQL)",
        "milestones/querysets.py",
        "published_at__gte=midnight(",
        "published_at__gt=midnight(",
    ),
    Fault(
        "record: a published update can be changed (trigger)",
        "milestones/guards.py",
        'Guard(table, "UPDATE", changed, NEVER_CHANGED),',
        "",
    ),
    Fault(
        "record: an update counts on after it was corrected",
        "milestones/progress_rules.py",
        "(update for update in by_date if update.key not in corrected)",
        "(update for update in by_date)",
    ),
    Fault(
        "import: writes although what is stored has changed since the preview",
        "ogp_tracker/importing/imports.py",
        "if shown is not None and run.fingerprint != shown:",
        "if False:",
    ),
    Fault(
        "import: leaves out a row that cannot be written, and writes the others",
        "ogp_tracker/importing/imports.py",
        "    if run.refusals:",
        "    if run.refusals and not run.effects:",
    ),
    Fault(
        "two voices: an account is given a role on either side (trigger)",
        "commitments/guards.py",
        "{has(ASSESSOR_ROLES)})",
        "{has(GOVERNMENT_ROLES)})",
    ),
)


def caught(fault: Fault) -> str:
    """Run the core tests of a copy of the project that has the fault; say what came of it."""
    found = (ROOT / fault.file).read_text().count(fault.code) if (ROOT / fault.file).exists() else 0
    if found != 1:
        return f"OUT OF DATE: its code stands {found} times in {fault.file}"
    with tempfile.TemporaryDirectory(prefix="fault-") as folder:
        copy = shutil.copytree(ROOT, Path(folder) / "project", ignore=LEFT_BEHIND)
        code = (copy / fault.file).read_text().replace(fault.code, fault.replacement)
        (copy / fault.file).write_text(code)
        command = [sys.executable, "-m", "pytest", "-m", "core", "-x", "-q"]
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    failed = [line for line in ended.stdout.splitlines() if line.startswith("FAILED ")]
    if ended.returncode == 0:
        return "SURVIVED"
    if ended.returncode != 1 or not failed:
        return f"NOT RUN: {(ended.stdout + ended.stderr)[-500:]}"
    return f"caught by {failed[0].removeprefix('FAILED ').partition(' - ')[0]}"


def main(words: list[str]) -> int:
    """Try the faults that the words choose, or all, and say one line about each."""
    chosen = [one for one in FAULTS if not words or any(word in one.breaks for word in words)]
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, result in zip(chosen, pool.map(caught, chosen), strict=True):
            print(f"{fault.breaks}: {result}", flush=True)
            results.append(result)
    return 0 if all(result.startswith("caught") for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
