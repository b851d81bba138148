"""The index: one table of words, which triggers keep equal to the texts, whatever the door.

`searchable` holds the words of every row that can be found, published or not: a heading, which
weighs more, and the rest. It says nothing about what is public; that is asked of the rows
themselves each time. On PostgreSQL the words are a generated column (migration 0004), on SQLite the
table is FTS5's own. Both know it by the same columns, so that the triggers are the same.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from commitments import triggers
from ogp_tracker.search.sources import SOURCES, Source

TABLE = "searchable"

LONGEST = 100_000
"""Letters of a text that are looked at. PostgreSQL could not hold the words of a far longer one."""


@dataclass(frozen=True)
class Keeper:
    """The trigger that lets the index follow one event on the rows of a source."""

    source: Source
    event: str

    @property
    def name(self) -> str:
        """Return the trigger's name, which changes when the trigger does."""
        text = "".join(self.creation("sqlite", "") + self.creation("postgresql", ""))
        digest = sha256(text.encode()).hexdigest()[:8]
        # PostgreSQL keeps 63 signs of a name.
        return f"{triggers.PREFIX}found_{self.table[:32]}_{self.event.lower()}_{digest}"

    @property
    def table(self) -> str:
        """Return the table on which it stands."""
        return self.source.model._meta.db_table

    def creation(self, vendor: str, name: str | None = None) -> list[str]:
        """Return the statements that create the trigger on a database of this vendor."""
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
        # SQLite's INSERT OR REPLACE tells no trigger that a row has gone.
        return [*gone, _taken_out(self.source, "NEW"), _put_in(self.source)]


def found_models() -> tuple[type[Model], ...]:
    """Return the models whose rows can be found, and the index itself."""
    from ogp_tracker.models import Searchable

    return Searchable, *(source.model for source in SOURCES)


def keepers(connection: BaseDatabaseWrapper) -> list[Keeper]:
    """Return the triggers that keep the index."""
    events = ["INSERT", "UPDATE", "DELETE"]
    if connection.vendor == "postgresql":
        events.append("TRUNCATE")
    return [Keeper(source, event) for source in SOURCES for event in events]


def key_of(source: Source, row: str) -> str:
    """Return the SQL of the key that a row has in the index."""
    return f"{source.first_key} + {row}.id"


def head_of(source: Source, row: str) -> str:
    """Return the SQL of the words by which a row is called."""
    return _joined(source.head, row)


def body_of(source: Source, row: str) -> str:
    """Return the SQL of all other words of a row."""
    return _joined(source.body, row)


def _joined(columns: tuple[str, ...], row: str) -> str:
    text = " || ' ' || ".join(f"{row}.{column}" for column in columns)
    return f"substr({text}, 1, {LONGEST})" if text else "''"


def _entry(source: Source, row: str) -> str:
    return f"{key_of(source, row)}, {head_of(source, row)}, {body_of(source, row)}"


def _taken_out(source: Source, row: str) -> str:
    return f"DELETE FROM {TABLE} WHERE rowid = {key_of(source, row)}"


def _put_in(source: Source) -> str:
    return f"INSERT INTO {TABLE} (rowid, head, body) VALUES ({_entry(source, 'NEW')})"


def _text_differs(source: Source, vendor: str) -> str:
    operator = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    columns = ("id", *source.head, *source.body)
    return " OR ".join(f"OLD.{name} {operator} NEW.{name}" for name in columns)


def _refill() -> tuple[str, ...]:
    """Return the statements that make the whole index anew."""
    return (
        f"DELETE FROM {TABLE}",
        *(
            f"INSERT INTO {TABLE} (rowid, head, body)"
            f' SELECT {_entry(source, "one")} FROM "{source.model._meta.db_table}" AS one'
            for source in SOURCES
        ),
    )


GUARDS = triggers.GuardSet(models=found_models, guards=keepers, statements=_refill())
"""When the triggers are made anew, somebody may have written without them: so is the index."""
