"""Full addresses of public pages, so that a row can be cited wherever it has gone."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat


def page_of(section: str, path: str, *rest: str) -> Callable[[date], Concat]:
    """What makes the address /<section>/<path>/ in SQL; `rest` is more of it.

    In `rest` a word with a slash is taken as it is, any other is the path of a column.
    """

    def address(_on: date) -> Concat:
        parts: list[str | Combinable] = [Value(f"{settings.SITE_URL}/{section}/"), path, Value("/")]
        for part in rest:
            parts += [Value(part)] if "/" in part else [Cast(part, TextField()), Value("/")]
        return Concat(*parts, output_field=TextField())

    return address


def page_of_target(commitment: str, milestone: str) -> Callable[[date], Case]:
    """The page of a milestone, or of a commitment where there is none, by paths to both."""
    whole = page_of("commitments", commitment)
    step = page_of("commitments", commitment, "milestones/", milestone)
    is_whole = {f"{milestone}__isnull": True}
    return lambda on: Case(When(**is_whole, then=whole(on)), default=step(on))
