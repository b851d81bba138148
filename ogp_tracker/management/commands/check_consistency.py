"""Proving what must always be true and the database itself cannot hold."""

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
from milestones.services import rebuild_progress
from ogp_tracker.opendata import version
from ogp_tracker.search import index

PARTS = (
    commitments.consistency,
    milestones.consistency,
    irm.consistency,
    ogp_tracker.search.consistency,
)


class Command(BaseCommand):
    help = (
        "Checks what must always be true: says what is wrong, where and what to do, and ends with"
        " status 1 if anything is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that puts right what can be put right without a decision."""
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="First make the progress in the nations equal what the published updates say, and"
            " the index of the search equal to the texts.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the problems under their rule, or one sentence if there is none."""
        if options["rebuild"]:
            changed = rebuild_progress()
            index.put_right()
            version.move()
            self.stdout.write(
                ngettext("%(n)d row was put right.", "%(n)d rows were put right.", changed)
                % {"n": changed}
            )
        found = 0
        problems = chain.from_iterable(part.find_problems(self.count) for part in PARTS)
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
        self.stdout.write(self.style.SUCCESS(_("Everything that must be true is true.")))

    def count(self, rows: int) -> None:
        """Show on a terminal how many rows of the present table have been read; 0 wipes it."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{rows:,} rows" if rows else "\r\x1b[K", ending="")
            self.stderr.flush()
