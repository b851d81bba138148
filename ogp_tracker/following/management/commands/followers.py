"""`manage.py followers`: how many follow what, and deleting an address on request."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils.translation import gettext as _

from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.subscribing import forget


class Command(BaseCommand):
    help = "Counts followers without showing any address. With --forget, deletes addresses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget", nargs="+", metavar="ADDRESS", default=[], help="delete these addresses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            self.stdout.write(_("Addresses deleted: %s") % forget(options["forget"]))
            return
        confirmed = Subscription.objects.filter(confirmed_at__isnull=False)
        self.stdout.write(_("Addresses: %s") % Follower.objects.count())
        self.stdout.write(
            _("Not confirmed yet: %s") % Subscription.objects.filter(confirmed_at=None).count()
        )
        counts = confirmed.order_by("kind").values_list("kind").annotate(n=Count("pk"))
        for kind, number in counts:
            self.stdout.write(f"{kind}: {number}")
