"""Freezing the public data as a numbered release, and proving that none has changed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.opendata import releases
from ogp_tracker.opendata.models import Release


class Command(BaseCommand):
    help = (
        "Freezes all public data as the next numbered release, at an address for ever."
        " With --verify it makes none, and checks that no release has changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only checks."""
        parser.add_argument(
            "--verify", action="store_true", help="Only check the files of all releases."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every release; then, unless that is all, make the next one."""
        damaged = list(releases.damaged())
        for damage in damaged:
            self.stderr.write(self.style.ERROR(f"{damage.release}: {damage.what}"))
        if damaged:
            self.stderr.write(
                _(
                    "Put the file back from a backup: what was cited must stay what it was."
                    " No release was made."
                )
            )
            sys.exit(1)
        if options["verify"]:
            number = Release.objects.count()
            self.stdout.write(
                ngettext(
                    "%(n)d release is what it was.", "%(n)d releases are what they were.", number
                )
                % {"n": number}
            )
            return
        self._tell(releases.make_release())

    def _tell(self, release: Release) -> None:
        """Say what was made, and what changed since the release before."""
        self.stdout.write(
            self.style.SUCCESS(
                _("Release %(number)s: %(size)s bytes, SHA-256 %(sha256)s")
                % {"number": release, "size": f"{release.size:,}", "sha256": release.sha256}
            )
        )
        for table, changes in release.changes.items():
            if any(changes.values()):
                self.stdout.write(
                    _("  %(table)s: %(added)d added, %(changed)d changed, %(removed)d removed")
                    % {"table": table, **changes}
                )
