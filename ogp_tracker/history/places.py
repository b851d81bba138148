"""The order of changes: newest first, and always the same.

A page of changes starts after the last change of the page before, so that each comes once even if
new ones are published meanwhile. The address gives that position: time, source and key, without
special characters.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from milestones.conditions import midnight
from ogp_tracker.history.kinds import PublicChange

IN_ADDRESS = re.compile(r"(\d{8}T\d{6})\.(\d{6})Z~([a-z_]{1,30})~(\d{1,18})", re.ASCII)
MOMENT = "%Y%m%dT%H%M%S"
YEARS = range(1990, 2200)


class InvalidPosition(ValueError):
    pass


class Position(NamedTuple):
    """The position of a change: at the same time, source and key decide."""

    moment: datetime
    source: str
    key: int

    @classmethod
    def read(cls, text: str) -> "Position":
        """Raises InvalidPosition."""
        found = IN_ADDRESS.fullmatch(text)
        if not found:
            raise InvalidPosition(text)
        try:
            moment = datetime.strptime(found[1], MOMENT).replace(
                microsecond=int(found[2]), tzinfo=UTC
            )
        except ValueError as error:
            raise InvalidPosition(text) from error
        if moment.year not in YEARS:
            raise InvalidPosition(text)
        return cls(moment, found[3], int(found[4]))

    def __str__(self) -> str:
        at = self.moment.astimezone(UTC)
        return f"{at.strftime(MOMENT)}.{at.microsecond:06}Z~{self.source}~{self.key}"

    def older(self, source: str, field: str, *, has_date_only: bool = False) -> Q:
        """The condition for the rows of a source that come after this position.

        `field` holds their time; with `has_date_only`, the beginning of that date counts.
        """
        at: date = self.moment
        includes_same_time = source <= self.source
        if has_date_only:
            at = timezone.localdate(self.moment)
            if midnight(at) < self.moment:
                return Q(**{f"{field}__lte": at})
        earlier = Q(**{f"{field}__lt": at})
        if not includes_same_time:
            return earlier
        same = Q(**{field: at})
        return earlier | (same & Q(pk__lt=self.key) if source == self.source else same)


@dataclass(frozen=True)
class FoundChange:
    position: Position
    show: Callable[[], PublicChange]


@dataclass(frozen=True)
class FoundChanges:
    """Some changes, and the position where older ones begin; None if there are none."""

    changes: list[FoundChange]
    older: Position | None
