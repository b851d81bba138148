"""Proving that the index of the search holds the words of every row as they are."""

from collections.abc import Iterator
from itertools import chain

from django.db import connection
from django.utils.translation import gettext as _

from ogp_tracker.common.consistency import Counter, Problem, silent, watched
from ogp_tracker.search import index
from ogp_tracker.search.sources import SOURCES, Source


def find_problems(count: Counter = silent) -> Iterator[Problem]:
    """Yield each row whose entry is missing or not equal, and each entry whose row has gone.

    `count` hears how many have been read.
    """
    for source in SOURCES:
        name = source.model._meta.verbose_name
        for pk in watched(_wrong(source), count):
            yield Problem(
                rule=_("The index of the search holds the words of every row as they are."),
                where=f"{name} {pk}",
                to_do=_("Run `manage.py check_consistency --rebuild`, which puts it right."),
            )


def _wrong(source: Source) -> Iterator[int]:
    """Yield the primary keys of rows and entries of a source that are not of one mind."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT one.id {index.without_entry(source)}")
        yield from chain.from_iterable(cursor.fetchall())
        cursor.execute(f"SELECT rowid - {source.first_key} {index.wrong_entries(source)}")
        yield from chain.from_iterable(cursor.fetchall())
