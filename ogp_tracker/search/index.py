"""The index: one table of words, which triggers keep equal to the texts.

`searchable` contains the words of every row that can be found, published or not: a heading, which
weighs more, and the rest. It does not say what is public; that is tested on the rows themselves
each time. On PostgreSQL the words are a generated column (see the migration), on SQLite the table
is FTS5's own. Both have the same columns, so the triggers are the same.
"""

from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ogp_tracker.common import triggers
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.sources import SOURCES, Source

TABLE = "searchable"

LONGEST = 100_000
"""Letters of a text that are indexed. PostgreSQL cannot index a much longer one."""


@dataclass(frozen=True)
class IndexTrigger:
    source: Source
    event: str

    @property
    def name(self) -> str:
        """It changes with the trigger's SQL, so that an older trigger is replaced."""
        text = "".join(self.creation("sqlite", "") + self.creation("postgresql", ""))
        return triggers.name_for(f"found_{self.table}_{self.event.lower()}", text)

    @property
    def table(self) -> str:
        return _table(self.source)

    def creation(self, vendor: str, name: str | None = None) -> list[str]:
        name = self.name if name is None else name
        rows = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        when = f" WHEN ({_text_differs(self.source, vendor)})" if self.event == "UPDATE" else ""
        what = "; ".join(self._statements())
        head = f'CREATE TRIGGER "{name}" AFTER {self.event} ON "{self.table}" FOR EACH {rows}{when}'
        if vendor == "sqlite":
            return [f"{head} BEGIN {what}; END"]
        return [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
            f"BEGIN {what}; RETURN NULL; END $$",
            f'{head} EXECUTE FUNCTION "{name}"()',
        ]

    def _statements(self) -> list[str]:
        if self.event == "TRUNCATE":
            low, high = self.source.keys
            return [f"DELETE FROM {TABLE} WHERE rowid BETWEEN {low} AND {high}"]
        gone = [] if self.event == "INSERT" else [_taken_out(self.source, "OLD")]
        if self.event == "DELETE":
            return gone
        # SQLite's INSERT OR REPLACE fires no trigger for the row that it deletes.
        entry = _entry(self.source, "NEW")
        put_in = f"INSERT INTO {TABLE} (rowid, head, body) VALUES ({entry})"
        return [*gone, _taken_out(self.source, "NEW"), put_in]


def index_triggers(connection: BaseDatabaseWrapper) -> list[IndexTrigger]:
    events = ["INSERT", "UPDATE", "DELETE"]
    if connection.vendor == "postgresql":
        events.append("TRUNCATE")
    return [IndexTrigger(source, event) for source in SOURCES for event in events]


def without_entry(source: Source) -> str:
    """SQL for the rows (`one`) of a source that have no entry."""
    return (
        f'FROM "{_table(source)}" AS one WHERE NOT EXISTS'
        f" (SELECT 1 FROM {TABLE} AS entry WHERE entry.rowid = {_key(source, 'one')})"
    )


def wrong_entries(source: Source) -> str:
    """SQL for the entries of a source that differ from their rows."""
    low, high = source.keys
    return (
        f"FROM {TABLE} WHERE rowid BETWEEN {low} AND {high} AND NOT EXISTS"
        f' (SELECT 1 FROM "{_table(source)}" AS one'
        f" WHERE one.id = {TABLE}.rowid - {source.first_key}"
        f" AND {_joined(source.head, 'one')} = {TABLE}.head"
        f" AND {_joined(source.body, 'one')} = {TABLE}.body)"
    )


def put_right(using: str = DEFAULT_DB_ALIAS) -> None:
    """Correct entries are not rewritten."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for statement in PUT_RIGHT:
            cursor.execute(statement)


def _table(source: Source) -> str:
    return source.model._meta.db_table


def _key(source: Source, row: str) -> str:
    return f"{source.first_key} + {row}.id"


def _joined(columns: tuple[str, ...], row: str) -> str:
    text = " || ' ' || ".join(f"{row}.{column}" for column in columns)
    return f"substr({text}, 1, {LONGEST})" if text else "''"


def _entry(source: Source, row: str) -> str:
    return f"{_key(source, row)}, {_joined(source.head, row)}, {_joined(source.body, row)}"


def _taken_out(source: Source, row: str) -> str:
    return f"DELETE FROM {TABLE} WHERE rowid = {_key(source, row)}"


def _text_differs(source: Source, vendor: str) -> str:
    operator = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    columns = ("id", *source.head, *source.body)
    return " OR ".join(f"OLD.{name} {operator} NEW.{name}" for name in columns)


PUT_RIGHT = tuple(
    statement
    for source in SOURCES
    for statement in (
        f"DELETE {wrong_entries(source)}",
        f"INSERT INTO {TABLE} (rowid, head, body)"
        f" SELECT {_entry(source, 'one')} {without_entry(source)}",
    )
)

GUARDS = triggers.GuardSet(
    models=lambda: (Searchable, *(source.model for source in SOURCES)),
    guards=index_triggers,
    statements=PUT_RIGHT,
)
"""While the triggers were missing, rows may have changed: so the index is corrected as well."""
