"""Emptying the database, which the triggers of published updates would otherwise refuse."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from ogp_tracker.common import triggers


class Command(flush.Command):
    """On SQLite the triggers are dropped, and installed again at the end.

    SQLite empties a table by deleting its rows, which the triggers refuse for published updates;
    PostgreSQL's TRUNCATE does not call them. Tests that need several connections end with this.
    """

    def handle(self, **options: Any) -> None:
        using = options["database"]
        if connections[using].vendor != "sqlite":
            super().handle(**options)
            return
        triggers.drop(using)
        try:
            super().handle(**options)
        finally:
            triggers.install(using)
