"""Shapes in which rows of the whole site are read."""

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from ogp_tracker.models import Subscription  # noqa: F401


class SubscriptionQuerySet(QuerySet["Subscription"]):
    """Subscriptions to alerts; nobody but their followers sees them."""

    def due(self, week: str) -> Self:
        """Return those that may be told in this week: confirmed, and no digest of it yet."""
        confirmed = self.filter(confirmed_at__isnull=False, told__isnull=False)
        return confirmed.exclude(how_often="weekly", week=week)
