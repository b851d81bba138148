"""The filters of the pages of changes: a kind, and two dates between which they came."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.either import EitherCodeField, ReadersForm
from ogp_tracker.history.kinds import ChangeKind
from ogp_tracker.history.places import Position
from ogp_tracker.opendata.as_at import end_of, past_date


class IsoDateInput(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """None for a text that is not a date, as a browser would do."""
        try:
            return date.fromisoformat(value).isoformat() if value else None
        except ValueError:
            return None


class PastDateField(forms.CharField):
    widget = IsoDateInput

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        return past_date(text) if text else None


@dataclass(frozen=True)
class Chosen:
    """The filters, as far as they were valid."""

    kinds: tuple[ChangeKind, ...] = ()
    """Any of them, or all where none is chosen."""
    first: date | None = None
    """Only changes after the end of this date."""
    last: date | None = None
    """Only changes up to the end of this date."""

    @property
    def since(self) -> datetime | None:
        return end_of(self.first) if self.first else None

    def older_than(self, before: Position | None) -> Position | None:
        """The position after which changes are wanted, on a page that begins at `before`."""
        positions = [before] if before else []
        if self.last:
            positions.append(Position(end_of(self.last), "", 0))
        return min(positions, default=None)

    @property
    def until(self) -> date:
        return self.last or timezone.localdate()


class ChangesFilter(ReadersForm):
    """The filters as a form; one that is not valid gets an error, and is not applied."""

    kind = EitherCodeField(
        label=_("Kind of change"),
        required=False,
        choices=ChangeKind.choices,
        empty_label=_("All kinds"),
    )
    until = PastDateField(label=_("Until the end of"), required=False)

    def __init__(self, query: QueryDict) -> None:
        """Without any parameters the form is unbound, so it has no errors."""
        super().__init__(query or None)
        # A keyword of Python, so it cannot be the name of an attribute.
        self.fields["from"] = PastDateField(label=_("From the end of"), required=False)
        self.order_fields(["kind", "from", "until"])

    @property
    def form(self) -> "ChangesFilter":
        """As `components/filters.html` expects."""
        return self

    def clean(self) -> None:
        super().clean()
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("until")
        if first and last and first > last:
            self.add_error("from", _("This date is after the second one. Swap the two."))

    def choice(self) -> Chosen:
        first, last = (next(iter(self.chosen(name)), None) for name in ("from", "until"))
        return Chosen(tuple(map(ChangeKind, self.chosen("kind"))), first, last)
