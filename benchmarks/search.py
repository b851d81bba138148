"""How long the database needs to find words among 100,000 commitments and as many milestones.

    python -m benchmarks.search [sqlite|postgresql] [--commitments 100000]

Makes a database of its own in a temporary folder and takes it away again. Each time is the middle
of several, of all that the search asks for one query, filters by what is public included. Beside
it stands what the whole page takes.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

from benchmarks.my_work import set_up, timed

NONE, MEDIUM, COMMON = 5, 10, 100
"""Milliseconds within which the database has to answer."""

# A word of which one in so many commitments has one.
RATES = {1: COMMON, 2: COMMON, 5: COMMON, 10: COMMON, 20: COMMON, 50: COMMON, 100: COMMON}
RATES |= {500: MEDIUM, 1000: MEDIUM, 10_000: MEDIUM}
QUERIES = {
    **{f"rate{rate}": (f"a word in one of {rate:,}", limit) for rate, limit in RATES.items()},
    "rate2 rate5": ("two common words", COMMON),
    '"rate2 rate5"': ("two common words as a phrase", COMMON),
    "rate1 -rate2": ("a common word without another", COMMON),
    "even odd": ("two common words, never together", COMMON),
    "title": ("a word in every title", COMMON),
    "UK99": ("an id", MEDIUM),
    "xylophone": ("no hit", NONE),
}
WORDS, WORDS_EACH = 20_000, 200
AT_ONCE = 2000


def main() -> None:
    """Make the rows, search, and print what it took."""
    parser = argparse.ArgumentParser(description="Time the search.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--commitments", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(given.database, Path(folder))
        make(given.commitments)
        measure(given.database)


def make(number: int) -> None:
    """Write commitments, one in fifty of them a draft, with a milestone each, and the index."""
    from django.db import connection
    from django.utils import timezone

    from commitments.models import ActionPlan, Commitment, Nation
    from milestones.models import Milestone
    from ogp_tracker.common import triggers

    dice, today = random.Random(1), timezone.localdate()
    Nation.objects.create(code="eng", name="E", label="E", iso_code="E", ons_code="E", position=1)
    plan = ActionPlan.objects.create(slug="plan", member="United Kingdom", title="Plan")
    vocabulary = made_up_words(dice)
    weights = list(accumulate(1 / place for place in range(1, WORDS + 1)))
    triggers.drop()
    for start in range(0, number, AT_ONCE):
        rows = [
            Commitment(
                slug=f"UK{place}",
                ogp_id=f"UK{place}",
                plan=plan,
                title=f"Title of {' '.join(dice.choices(vocabulary, cum_weights=weights, k=8))}",
                objective=text(dice, vocabulary, weights, place),
                published_on=None if place % 50 == 0 else today,
            )
            for place in range(start, min(start + AT_ONCE, number))
        ]
        Commitment.objects.bulk_create(rows)
        Milestone.objects.bulk_create(
            Milestone(commitment=row, number=1, text=row.objective[:120]) for row in rows
        )
    started = time.perf_counter()
    triggers.install()
    with connection.cursor() as cursor:
        # As its autovacuum does after a while. SQLite never does it by itself.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "SELECT 1")
    print(f"The index was made in {time.perf_counter() - started:.0f} s.")


def made_up_words(dice: random.Random) -> list[str]:
    """Return different words, which are no English."""
    syllables = [
        first + second for first in "bdfghklmnprstvwz" for second in ("ai", "o", "u", "ek")
    ]
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words["".join(dice.choices(syllables, k=dice.randint(2, 4)))] = None
    return list(words)


def text(dice: random.Random, vocabulary: list[str], weights: list[float], place: int) -> str:
    """Return a text of the usual length, with the words that are searched for in it."""
    words = dice.choices(vocabulary, cum_weights=weights, k=WORDS_EACH)
    words += [f"rate{rate}" for rate in RATES if dice.random() < 1 / rate]
    words.append("odd" if place % 2 else "even")
    dice.shuffle(words)
    return " ".join(words)


def measure(database: str) -> None:
    """Print one line for each query."""
    from django.test import Client

    from ogp_tracker.search.finding import find
    from ogp_tracker.search.models import Searchable
    from ogp_tracker.search.query import parse

    client = Client(SERVER_NAME="localhost")
    print(
        f"\n{database}, {Searchable.objects.count():,} entries; processes that wait for one of"
        f" {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}\n"
    )
    for asked, (what, limit) in QUERIES.items():
        query = parse(asked)
        found = find(query)
        number = f"{'more than ' if found.is_more else ''}{len(found.keys)}"
        statements = asked_of_the_database(lambda query=query: find(query))
        took = timed(lambda statements=statements: run(statements)).quickest
        page = timed(lambda asked=asked: client.get("/search/", {"q": asked})).quickest
        print(
            f"{what:34} {number:>13} found {took:7.1f} ms   {took / limit:5.2f} of the limit of"
            f" {limit:3} ms   page {page:4.0f} ms"
        )


def asked_of_the_database(action: Any) -> list[tuple[str, Any]]:
    """Return the statements that the action asks, with what they are given."""
    from django.db import connection

    asked = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        action()
    return asked


def run(statements: list[tuple[str, Any]]) -> None:
    """Ask the database, and read all that it answers."""
    from django.db import connection

    for sql, params in statements:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()


if __name__ == "__main__":
    sys.exit(main())
