"""`manage.py clear_mistakes`: deletes what readers reported a year ago."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from ogp_tracker.mistakes.models import Mistake

A_YEAR = timedelta(days=365)


class Command(BaseCommand):
    help = (
        "Deletes the mistakes that readers reported a year ago, with their addresses and answers,"
        " as the page about privacy promises. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        old = Mistake.objects.filter(received_at__lt=timezone.now() - A_YEAR)
        self.stdout.write(_("Mistakes deleted: %s") % old.delete()[0])
