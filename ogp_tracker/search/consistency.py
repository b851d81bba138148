"""Checks that the search index matches the text of every row."""

from collections.abc import Iterator
from itertools import chain

from django.db import connection
from django.utils.translation import gettext as _

from ogp_tracker.common.consistency import Counter, Problem, ignore_progress, watched
from ogp_tracker.search import index
from ogp_tracker.search.sources import SOURCES, Source


def find_problems(count: Counter = ignore_progress) -> Iterator[Problem]:
    for source in SOURCES:
        name = source.model._meta.verbose_name
        for pk in watched(_wrong(source), count):
            yield Problem(
                rule=_("The search index matches the text of every row."),
                where=f"{name} {pk}",
                to_do=_("Run `manage.py check_consistency --rebuild` to correct it."),
            )


def _wrong(source: Source) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT one.id {index.without_entry(source)}")
        yield from chain.from_iterable(cursor.fetchall())
        cursor.execute(f"SELECT rowid - {source.first_key} {index.wrong_entries(source)}")
        yield from chain.from_iterable(cursor.fetchall())
