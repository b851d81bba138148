"""The order of changes: newest first, and nothing in it left to chance.

A page of changes goes on behind the last one of the page before, so that each comes once even if
new ones come meanwhile. The address says where: by moment, source and key, in plain signs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from milestones.conditions import midnight
from ogp_tracker.history.kinds import Change

IN_ADDRESS = re.compile(r"(\d{8}T\d{6})\.(\d{6})Z~([a-z_]{1,30})~(\d{1,18})", re.ASCII)
MOMENT = "%Y%m%dT%H%M%S"
YEARS = range(1990, 2200)


class BadPlace(ValueError):
    """An address names no place among the changes."""


class Place(NamedTuple):
    """Where a change stands: of the same moment, the source and the key decide."""

    moment: datetime
    source: str
    key: int

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that an address names. Raises BadPlace."""
        found = IN_ADDRESS.fullmatch(text)
        if not found:
            raise BadPlace(text)
        try:
            moment = datetime.strptime(found[1], MOMENT).replace(
                microsecond=int(found[2]), tzinfo=UTC
            )
        except ValueError as error:
            raise BadPlace(text) from error
        if moment.year not in YEARS:
            raise BadPlace(text)
        return cls(moment, found[3], int(found[4]))

    def __str__(self) -> str:
        at = self.moment.astimezone(UTC)
        return f"{at.strftime(MOMENT)}.{at.microsecond:06}Z~{self.source}~{self.key}"

    def older(self, source: str, field: str, *, is_day: bool = False) -> Q:
        """Return the condition for the rows of a source that stand behind this place.

        `field` says their moment; if it `is_day`, they stand at the beginning of that day.
        """
        at: Any = self.moment
        at_once = source <= self.source
        if is_day:
            at = timezone.localdate(self.moment)
            if midnight(at) < self.moment:
                return Q(**{f"{field}__lte": at})
        earlier = Q(**{f"{field}__lt": at})
        if not at_once:
            return earlier
        same = Q(**{field: at})
        return earlier | (same & Q(pk__lt=self.key) if source == self.source else same)


@dataclass(frozen=True)
class Found:
    """A change that was found, and how it is made ready to be shown."""

    place: Place
    show: Callable[[], Change]
