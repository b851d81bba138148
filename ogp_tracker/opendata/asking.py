"""What a reader asks for in the address of a table: which rows, and of which day."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from ogp_tracker.opendata.as_at import FutureDate, InvalidDate, end_of, past_date
from ogp_tracker.opendata.table import Rows, Table

AS_AT = "as_at"
OF_THE_PAGE = {"page"}
"""What belongs to the page of a list and says nothing about its rows."""


class CannotAnswer(Exception):
    """The address asks for what cannot be; the sentences say what, and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        """Take the sentences, one for each thing that is wrong."""
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Asked:
    """A table, a day, and perhaps a selection of its rows."""

    table: Table
    on: date
    as_at: datetime | None = None
    """Just before this moment; None is now."""
    rows: Rows | None = None
    """The selection; None is every row."""
    words: str = ""
    """The address's own words for it, in a fixed order."""

    @property
    def is_whole(self) -> bool:
        """Return whether it is the whole table as it stands now."""
        return self.rows is None and self.as_at is None


def read(table: Table, given: QueryDict) -> Asked:
    """Return what the address asks for. Raises CannotAnswer."""
    known = {AS_AT} | (set(table.filters().base_filters) if table.filters else set())
    chosen = {name: str(given[name]) for name in given if name not in OF_THE_PAGE and given[name]}
    if unknown := sorted(set(chosen) - known):
        raise CannotAnswer([_unknown(name, known) for name in unknown])
    on, as_at = _day(chosen.pop(AS_AT, ""))
    return Asked(
        table,
        on,
        as_at,
        _selection(table, chosen, on) if chosen else None,
        urlencode(sorted(chosen.items())),
    )


def _unknown(name: str, known: set[str]) -> str:
    return _("This table cannot be narrowed down by “%(name)s”. It knows: %(known)s.") % {
        "name": name[:60],
        "known": ", ".join(sorted(known)),
    }


def _day(text: str) -> tuple[date, datetime | None]:
    """Return the day on which the table is read, and the moment before which, if it is past."""
    if not text:
        return timezone.localdate(), None
    try:
        day = past_date(text)
    except InvalidDate:
        raise CannotAnswer(
            [_("“as_at” is no day. Write year, month and day, such as as_at=2026-11-25.")]
        ) from None
    except FutureDate:
        raise CannotAnswer(
            [_("“as_at” lies in the future. Give today or an earlier day.")]
        ) from None
    return day, end_of(day)


def _selection(table: Table, chosen: dict[str, str], on: date) -> Rows:
    """Return the rows that pass the filters of the page. Raises CannotAnswer."""
    if table.filters is None or table.rows is None:
        raise TypeError(f"The table {table.name} has no filters.")
    filters = table.filters()(chosen, table.rows(on))
    if not filters.form.is_valid():
        raise CannotAnswer(
            [
                f"“{name}”: {' '.join(map(str, problems))}"
                for name, problems in filters.form.errors.items()
            ]
        )
    rows: Rows = filters.qs
    return rows
