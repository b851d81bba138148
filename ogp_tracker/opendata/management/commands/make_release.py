"""Saving the public data as a numbered release, and proving that no release has changed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.opendata import releases
from ogp_tracker.opendata.models import Release


class Command(BaseCommand):
    help = (
        "Saves all public data as the next numbered release, at a permanent address."
        " With --verify, only checks that no release has changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verify", action="store_true", help="only check the files of all releases"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        damaged = list(releases.damaged())
        for sentence in damaged:
            self.stderr.write(self.style.ERROR(sentence))
        if damaged:
            self.stderr.write(
                _(
                    "Restore the file from a backup, so that citations of the release stay true."
                    " No release was made."
                )
            )
            sys.exit(1)
        if options["verify"]:
            number = Release.objects.count()
            self.stdout.write(
                ngettext(
                    "Checked %(n)d release: unchanged.",
                    "Checked %(n)d releases: unchanged.",
                    number,
                )
                % {"n": number}
            )
            return
        try:
            release = releases.make_release()
        except OSError as error:
            raise CommandError(
                _(
                    "No release was made, because its file could not be written (%(error)s). Make"
                    " room on the disk or give this account the right to write there, then run"
                    " make_release again."
                )
                % {"error": error}
            ) from error
        self._tell(release)

    def _tell(self, release: Release) -> None:
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
