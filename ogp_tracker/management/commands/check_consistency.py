"""Checks of what must always be true and no database constraint can hold."""

import sys
from itertools import chain, groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import commitments.consistency
import irm.consistency
import milestones.consistency
import ogp_tracker.search.consistency
from milestones.services import rebuild_progress, rebuild_states
from ogp_tracker.opendata import version
from ogp_tracker.search import index

MODULES = (
    commitments.consistency,
    milestones.consistency,
    irm.consistency,
    ogp_tracker.search.consistency,
)


class Command(BaseCommand):
    help = (
        "Checks what must always be true. Lists what is wrong, where, and what to do. Ends with"
        " status 1 if it finds a problem."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="First rebuild the progress in the nations from the published updates, what is"
            " withdrawn from the amendments, and the search index from the texts.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            changed = rebuild_progress() + rebuild_states()
            index.put_right()
            version.move()
            self.stdout.write(
                ngettext("%(n)d row corrected.", "%(n)d rows corrected.", changed) % {"n": changed}
            )
        found = 0
        problems = chain.from_iterable(module.find_problems(self.count) for module in MODULES)
        for rule, group in groupby(problems, key=lambda problem: problem.rule):
            self.count(0)
            self.stdout.write(self.style.ERROR(rule))
            for problem in group:
                found += 1
                self.stdout.write(f"  - {problem.where}\n    {problem.to_do}")
        self.count(0)
        if found:
            summary = ngettext("%(n)d problem found.", "%(n)d problems found.", found)
            self.stdout.write("\n" + summary % {"n": found})
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(_("No problems found.")))

    def count(self, rows: int) -> None:
        """Show on a terminal how many rows of the current table have been read; 0 clears it."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{rows:,} rows" if rows else "\r\x1b[K", ending="")
            self.stderr.flush()
