"""A query in the language of each database: which entries hold it, and how well.

All that searches asks through these expressions, and does not know which database answers.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, FloatField, Func
from django.db.models.sql.compiler import SQLCompiler

from ogp_tracker.search.query import Query, Term

Sql = tuple[str, tuple[Any, ...]]


class _OfEntry(Func):
    """An expression about the words of an entry and a query."""

    def __init__(self, query: Query) -> None:
        super().__init__("words")
        self.query = query

    def column(self, compiler: SQLCompiler) -> str:
        """Return the SQL of the column that holds the words of an entry."""
        return compiler.compile(self.source_expressions[0])[0]


class Holds(_OfEntry):
    """Whether an entry holds all that the query wants and nothing that it does not want.

    `in_head` asks for what is wanted in the heading.
    """

    output_field = BooleanField()

    def __init__(self, query: Query, *, in_head: bool = False) -> None:
        super().__init__(query)
        self.in_head = in_head

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask FTS5."""
        return f"{self.column(compiler)} MATCH %s", (to_fts5(self.query, in_head=self.in_head),)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask PostgreSQL's full text search."""
        wanted, given = to_tsquery(self.query.wanted, " && ")
        column = self.column(compiler)
        # Beside it stand the words of the heading alone. FTS5 knows by itself which they are.
        asked = f"{column.rpartition('.')[0]}.head_words" if self.in_head else column
        sql = f"{asked} @@ {_unforeseen(wanted)}"
        if self.query.unwanted:
            unwanted, more = to_tsquery(self.query.unwanted, " || ")
            sql, given = f"({sql} AND NOT {column} @@ ({unwanted}))", given + more
        return sql, given


class HoldsAny(_OfEntry):
    """Whether an entry holds any of these words, which may be very many."""

    output_field = BooleanField()

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(Query(wanted=tuple((word,) for word in sorted(words))))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask FTS5."""
        return f"{self.column(compiler)} MATCH %s", (any_of_fts5(self.query),)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask PostgreSQL's full text search."""
        words = " | ".join(word for (word,) in self.query.wanted)
        wanted = _unforeseen("to_tsquery('english', %s)")
        return f"{self.column(compiler)} @@ {wanted}", (words,)


class Rank(_OfEntry):
    """How well an entry answers the query; what stands in the heading weighs ten times as much."""

    output_field = FloatField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask FTS5, where less is better."""
        return f"-bm25({self.column(compiler)}, 10.0, 1.0)", ()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_given: Any
    ) -> Sql:
        """Ask PostgreSQL, for which a long text counts less than a short one."""
        wanted, given = to_tsquery(self.query.wanted, " && ")
        return f"ts_rank(ARRAY[0.1, 0.1, 0.1, 1], {self.column(compiler)}, {wanted}, 1)", given


def to_fts5(query: Query, *, in_head: bool = False) -> str:
    """Return the query in FTS5's language, in which words in quotation marks are only words."""
    wanted = " AND ".join(_quoted(term) for term in query.wanted)
    unwanted = "".join(f" NOT {_quoted(term)}" for term in query.unwanted)
    return f"{'head : ' if in_head else ''}({wanted}){unwanted}"


def any_of_fts5(query: Query) -> str:
    """Return, in FTS5's language, a query for anything that the query wants."""
    return " OR ".join(_quoted(term) for term in query.wanted)


def to_tsquery(terms: Iterable[Term], operator: str) -> Sql:
    """Return the SQL of a PostgreSQL query for the terms, with its parameters."""
    # Without their accents, words are compared as they are when they have been taken apart.
    given = tuple(unicodedata.normalize("NFD", " ".join(term)) for term in terms)
    return operator.join(["phraseto_tsquery('english', %s)"] * len(given)), given


def _unforeseen(sql: str) -> str:
    """Return the SQL of a value that PostgreSQL's planner does not look into.

    It would judge by the words how many entries hold them, and for common ones rather read the
    table until there are enough. That goes wrong where words are common but seldom together, and
    it does not know what reading them costs. Without that it always asks the index.
    """
    return f"(SELECT {sql})"


def _quoted(term: Term) -> str:
    return f'"{" ".join(term)}"'
