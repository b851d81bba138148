"""Run every test: the suite on SQLite and on PostgreSQL, then what needs a browser or Java.

    python -m tests [--strict]

With --strict nothing may be left out: a part that cannot run here, or a skipped test, is a failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Part:
    """One run of pytest: what it is called, what it needs that this machine may lack."""

    name: str
    arguments: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""


def parts() -> list[list[Part]]:
    """List the runs, each with what it is missing on this machine; those of one list go at once."""
    no_browser = "" if find_chromium() else "no Chromium found; set CHROMIUM to the path of one"
    # The full walk of all roles takes minutes; `pytest -m walk` takes it.
    # Who has nothing left to do takes over what others have: some tests take as long as a hundred.
    at_once = ("-n", "auto", "--dist", "worksteal")
    suite = "not browser and not vnu and not walk"
    # Named, because to read all other tests, in every process, takes longer than many a journey.
    browser = "tests/browser"
    files = sorted(ROOT.glob("tests/**/test_*.py"))
    marked = [str(file) for file in files if "both_databases" in file.read_text()]
    return [
        [Part("suite on SQLite", (*at_once, "-m", suite), {"TRACKER_TEST_DATABASE": "sqlite"})],
        [
            Part(
                "suite on PostgreSQL",
                (*at_once, "-m", f"both_databases and not own_database and {suite}", *marked),
                {"TRACKER_TEST_DATABASE": "postgresql"},
            )
        ],
        [
            Part(
                "browser journeys",
                (*at_once, "-m", "browser and not vnu", browser),
                missing=no_browser,
            )
        ],
        # The checker has no work for a second processor.
        [
            Part(
                "officers' journeys on PostgreSQL",
                (*at_once, "-m", "browser", f"{browser}/test_officers_journey.py"),
                {"TRACKER_TEST_DATABASE": "postgresql"},
                missing=no_browser,
            ),
            Part("HTML checker", ("-m", "vnu", browser), missing=missing_for_vnu()),
        ],
    ]


def missing_for_vnu() -> str:
    if not shutil.which("java"):
        return "no Java found"
    if not os.environ.get("VNU_JAR"):
        return "VNU_JAR does not name the checker (npm package vnu-jar)"
    return ""


def run(part: Part, strict: bool, *, has_company: bool) -> tuple[bool, str]:
    """Run one part; give whether it counts as passed, and the line to say about it.

    `has_company`: others run at the same time, so that it has to speak when it has ended.
    """
    if part.missing:
        return not strict, f"{part.name}: NOT RUN, {part.missing}"
    heading = f"\n=== {part.name} ==="
    if not has_company:
        print(heading, flush=True)
    started = time.monotonic()
    environment = os.environ | part.environment | {"TRACKER_TESTS_STRICT": "1" if strict else "0"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *part.arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE if has_company else None,
        stderr=subprocess.STDOUT if has_company else None,
        text=True,
    )
    if has_company:
        print(f"{heading}\n{ended.stdout}", flush=True)
    status = ended.returncode
    words = "passed" if status == 0 else f"FAILED (pytest ended with {status})"
    return status == 0, f"{part.name}: {words} in {time.monotonic() - started:.0f} s"


def run_at_once(some: Sequence[Part], strict: bool) -> list[tuple[bool, str]]:
    with ThreadPoolExecutor(len(some)) as pool:
        return list(pool.map(lambda part: run(part, strict, has_company=len(some) > 1), some))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests", description="Run every test.")
    parser.add_argument(
        "--strict",
        action="store_true",
        default=os.environ.get("TRACKER_TESTS_STRICT") == "1",
        help="nothing may be skipped (also: TRACKER_TESTS_STRICT=1)",
    )
    strict = parser.parse_args().strict
    results = [result for some in parts() for result in run_at_once(some, strict)]
    print("\n" + "\n".join(line for _, line in results))
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
