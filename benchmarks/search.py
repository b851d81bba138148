"""How long the database needs to find words among 100,000 commitments and as many milestones.

    python -m benchmarks.search [sqlite|postgresql] [--commitments 100000]

The quickest of several runs of all statements of one search, the filters by what is public
included. For comparison: the time of the whole page.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.measuring import arguments, load, timed
from benchmarks.rows import in_batches, writing_without_triggers
from commitments.models import ActionPlan, Commitment, Nation
from milestones.models import Milestone
from ogp_tracker.search.finding import find
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.query import parse

NONE, MEDIUM, COMMON = 5, 10, 100
"""Milliseconds within which the database has to respond."""

# `rate50` is a word that one in 50 commitments has.
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


def main() -> None:
    given = arguments("the search", commitments=100_000)
    make(given.commitments)
    print(f"\n{given.database}, {Searchable.objects.count():,} entries; {load()}\n")
    client = Client(SERVER_NAME="localhost")
    for text, (what, limit) in QUERIES.items():
        query = parse(text)
        found = find(query)
        number = f"{'more than ' if found.is_more else ''}{len(found.keys)}"
        statements = statements_of(partial(find, query))
        took = timed(partial(run, statements)).quickest
        page = timed(partial(client.get, "/search/", {"q": text})).quickest
        print(
            f"{what:34} {number:>13} found {took:7.1f} ms   {took / limit:5.2f} of the limit of"
            f" {limit:3} ms   page {page:4.0f} ms"
        )


def make(number: int) -> None:
    """Write commitments, one in fifty of them a draft, with a milestone each, and the index."""
    Nation.objects.create(code="eng", name="E", label="E", iso_code="E", ons_code="E", position=1)
    plan = ActionPlan.objects.create(slug="plan", member="United Kingdom", title="Plan")
    with writing_without_triggers():
        in_batches(Commitment, commitments(number, plan))
        rows = Commitment.objects.only("objective").order_by("pk").iterator()
        made = (
            Milestone(commitment=one, number=1, label="1", text=one.objective[:99]) for one in rows
        )
        in_batches(Milestone, made)


def commitments(number: int, plan: ActionPlan) -> Iterator[Commitment]:
    dice, today = random.Random(1), timezone.localdate()
    vocabulary = [f"word{number}" for number in range(WORDS)]
    weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for place in range(number):
        words = dice.choices(vocabulary, cum_weights=weights, k=WORDS_EACH)
        words += [f"rate{rate}" for rate in RATES if dice.random() < 1 / rate]
        words.append("odd" if place % 2 else "even")
        dice.shuffle(words)
        yield Commitment(
            slug=f"UK{place}",
            ogp_id=f"UK{place}",
            plan=plan,
            title=f"Title of {' '.join(dice.choices(vocabulary, cum_weights=weights, k=8))}",
            objective=" ".join(words),
            published_on=None if place % 50 == 0 else today,
        )


def statements_of(action: Callable[[], object]) -> list[tuple[str, Any]]:
    statements = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        action()
    return statements


def run(statements: list[tuple[str, Any]]) -> None:
    for sql, params in statements:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()


if __name__ == "__main__":
    main()
