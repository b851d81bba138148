"""Emptying the database, which the guards of published updates would otherwise refuse."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from ogp_tracker.common import triggers


class Command(flush.Command):
    """Django's `flush`: on SQLite the guards make way, and stand again when it is done.

    SQLite empties a table by deleting its rows, which the guards refuse for published updates;
    PostgreSQL's TRUNCATE does not ask them. Who asks for this command has been asked back and
    means the whole database; tests that need several connections end with it.
    """

    def handle(self, **options: Any) -> None:
        """Empty every table; see Django's command for the options."""
        using = options["database"]
        if connections[using].vendor != "sqlite":
            super().handle(**options)
            return
        triggers.drop(using)
        try:
            super().handle(**options)
        finally:
            triggers.install(using)
