"""Clearing away files that were chosen in forms and never became evidence."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.evidence_files.upkeep import clear_away

DAYS = 14


class Command(BaseCommand):
    help = (
        "Removes files that officers chose in a form and that no report took, and files below"
        " var/media/evidence that no row needs. Evidence is never removed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=DAYS,
            help=f"Keep what is younger than so many days; {DAYS} if not given, at least 1.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        cleared = clear_away(timezone.now() - timedelta(days=max(1, options["days"])))
        self.stdout.write(
            _("%(uploads)d kept uploads forgotten, %(files)d files removed.")
            % {"uploads": cleared.uploads, "files": cleared.files}
        )
