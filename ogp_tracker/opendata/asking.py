"""What the address of a table asks for: which rows, and as at which date."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ogp_tracker.opendata.as_at import end_of, first_day, past_date, too_early
from ogp_tracker.opendata.table import Table, TableRows

AS_AT = "as_at"
IGNORED = {"page"}
"""Parameters of the page that lists the rows, which select none of them."""


@dataclass(frozen=True)
class TableRequest:
    table: Table
    on: date
    as_at: datetime | None = None
    """Just before this time; None is now."""
    rows: TableRows | None = None
    """The selection; None is every row."""


def read(table: Table, query: QueryDict) -> TableRequest:
    """Raises ValidationError; each of its messages says what to change."""
    known = {AS_AT} | (set(table.filters.base_filters) if table.filters else set())
    chosen = {name: str(query[name]) for name in query if name not in IGNORED and query[name]}
    if unknown := sorted(set(chosen) - known):
        raise ValidationError([_unknown(name, known) for name in unknown])
    on, as_at = _dates(chosen.pop(AS_AT, ""))
    return TableRequest(table, on, as_at, _selection(table, chosen, on) if chosen else None)


def _unknown(name: str, known: set[str]) -> str:
    return _("“%(name)s” is not a parameter of this table. Use %(known)s.") % {
        "name": name[:60],
        "known": get_text_list(sorted(known), _("or")),
    }


def _dates(text: str) -> tuple[date, datetime | None]:
    """The date for which the table is read, and its end if one was asked for."""
    if not text:
        return timezone.localdate(), None
    on = past_date(text)
    if (first := first_day()) is None or on < first:
        raise ValidationError(too_early(text, first))
    return on, end_of(on)


def _selection(table: Table, chosen: dict[str, str], on: date) -> TableRows:
    if table.filters is None or table.rows is None:
        raise TypeError(f"The table {table.name} has no filters.")
    filters = table.filters(chosen, table.rows(on))
    if not filters.form.is_valid():
        raise ValidationError(
            [
                f"“{name}”: {' '.join(map(str, problems))}"
                for name, problems in filters.form.errors.items()
            ]
        )
    return filters.qs
