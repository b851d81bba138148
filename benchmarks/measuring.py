"""What the benchmarks share: their arguments, an empty database, and the time of an action."""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from django.core.management import call_command

TIMES = 15


class Times(NamedTuple):
    """Milliseconds: the quickest run, which other programs can only lengthen, and the median."""

    quickest: float
    median: float


def arguments(what: str, **numbers: int) -> argparse.Namespace:
    """Also makes the tables."""
    parser = argparse.ArgumentParser(description=f"Time {what}.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    return given


def timed(action: Callable[[], object], times: int = TIMES) -> Times:
    action()
    took = []
    for _time in range(times):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
    return Times(min(took), median(took))


def load() -> str:
    waiting = os.getloadavg()[0]
    return f"{waiting:.1f} processes wait for one of {os.cpu_count()} processors"
