"""A query in the language of each database: which entries match it, and how well.

All searches go through these expressions and do not depend on the database.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, FloatField, Func
from django.db.models.sql.compiler import SQLCompiler

from ogp_tracker.search.query import Query, Term

Sql = tuple[str, tuple[Any, ...]]


class _OfEntry(Func):
    def __init__(self, query: Query) -> None:
        super().__init__("words")
        self.query = query

    def column(self, compiler: SQLCompiler) -> str:
        return compiler.compile(self.source_expressions[0])[0]


class Holds(_OfEntry):
    """Everything that the query wants and nothing that it does not want.

    `in_head`: whether the heading contains everything wanted.
    """

    output_field = BooleanField()

    def __init__(self, query: Query, *, in_head: bool = False) -> None:
        super().__init__(query)
        self.in_head = in_head

    def as_sqlite(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        return f"{self.column(compiler)} MATCH %s", (to_fts5(self.query, in_head=self.in_head),)

    def as_postgresql(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        wanted, params = to_tsquery(self.query.wanted, " && ")
        column = self.column(compiler)
        # PostgreSQL has the words of the heading in a second column; FTS5 has columns of its own.
        asked = f"{column.rpartition('.')[0]}.head_words" if self.in_head else column
        sql = f"{asked} @@ {_unforeseen(wanted)}"
        if self.query.unwanted:
            unwanted, more = to_tsquery(self.query.unwanted, " || ")
            sql, params = f"({sql} AND NOT {column} @@ ({unwanted}))", params + more
        return sql, params


class HoldsAny(_OfEntry):
    """Whether an entry contains any of these words, of which there may be very many."""

    output_field = BooleanField()

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(Query(wanted=tuple((word,) for word in sorted(words))))

    def as_sqlite(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        return f"{self.column(compiler)} MATCH %s", (any_of_fts5(self.query),)

    def as_postgresql(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        words = " | ".join(word for (word,) in self.query.wanted)
        wanted = _unforeseen("to_tsquery('english', %s)")
        return f"{self.column(compiler)} @@ {wanted}", (words,)


class Rank(_OfEntry):
    """Words in the heading weigh ten times as much."""

    output_field = FloatField()

    def as_sqlite(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        """In FTS5 less is better."""
        return f"-bm25({self.column(compiler)}, 10.0, 1.0)", ()

    def as_postgresql(self, compiler: SQLCompiler, *_given: object, **_context: object) -> Sql:
        """With 1 a long text counts less than a short one."""
        wanted, params = to_tsquery(self.query.wanted, " && ")
        return f"ts_rank(ARRAY[0.1, 0.1, 0.1, 1], {self.column(compiler)}, {wanted}, 1)", params


def to_fts5(query: Query, *, in_head: bool = False) -> str:
    """In FTS5's language, words in quotation marks are never operators."""
    wanted = " AND ".join(_quoted(term) for term in query.wanted)
    unwanted = "".join(f" NOT {_quoted(term)}" for term in query.unwanted)
    return f"{'head : ' if in_head else ''}({wanted}){unwanted}"


def any_of_fts5(query: Query) -> str:
    return " OR ".join(_quoted(term) for term in query.wanted)


def to_tsquery(terms: Iterable[Term], operator: str) -> Sql:
    # The index is normalised to NFD as well.
    params = tuple(unicodedata.normalize("NFD", " ".join(term)) for term in terms)
    return operator.join(["phraseto_tsquery('english', %s)"] * len(params)), params


def _unforeseen(sql: str) -> str:
    """SQL whose value PostgreSQL's planner does not know in advance.

    Otherwise it would estimate from the words how many entries contain them, and for common ones
    read the table until there are enough. That goes wrong where words are common but seldom
    together, and it does not know what reading them costs. Without the words it always uses the
    index.
    """
    return f"(SELECT {sql})"


def _quoted(term: Term) -> str:
    return f'"{" ".join(term)}"'
