"""What readers may choose of the changes: a kind, and two days between which they came."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_tracker.history.kinds import Kind
from ogp_tracker.history.places import Place
from ogp_tracker.opendata.as_at import FutureDate, InvalidDate, end_of, past_date


class DayInput(forms.DateInput):
    """A field for a day, which HTML lets hold nothing else."""

    input_type = "date"

    def format_value(self, value: Any) -> Any:
        """Return the day as HTML writes it; None for what is no day, as a browser would."""
        try:
            return date.fromisoformat(value).isoformat() if value else None
        except ValueError:
            return None


class PastDayField(forms.CharField):
    """A day up to today, as addresses give it."""

    widget = DayInput
    default_error_messages = {
        "no_day": _("This is no day. Write year, month and day, such as 2026-11-25."),
        "to_come": _("This day lies in the future. Give today or an earlier day."),
    }

    def clean(self, value: Any) -> Any:
        """Return the day; None if none is given."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return past_date(text)
        except InvalidDate:
            raise ValidationError(self.error_messages["no_day"]) from None
        except FutureDate:
            raise ValidationError(self.error_messages["to_come"]) from None


@dataclass(frozen=True)
class Chosen:
    """A choice, as far as it was understood."""

    kind: Kind | None = None
    first: date | None = None
    """Only what came after the end of this day."""
    last: date | None = None
    """Only what came up to the end of this day."""

    @property
    def since(self) -> datetime | None:
        """Return the moment before which nothing is wanted."""
        return end_of(self.first) if self.first else None

    def behind(self, before: Place | None) -> Place | None:
        """Return the place behind which changes are wanted, on a page that begins at `before`."""
        places = [before] if before else []
        if self.last:
            places.append(Place(end_of(self.last), "", 0))
        return min(places, default=None)

    @property
    def until(self) -> date:
        """Return the second of the two days, which is today if none was given."""
        return self.last or timezone.localdate()


class ChangesFilter(forms.Form):
    """The choices as a form; one that is not understood is said so, and not applied."""

    kind = forms.ChoiceField(
        label=_("Kind of change"), required=False, choices=[("", _("All kinds")), *Kind.choices]
    )
    until = PastDayField(label=_("Until the end of"), required=False)

    def __init__(self, given: QueryDict) -> None:
        """Take what stands in the address; without anything there is nothing wrong with it."""
        super().__init__(given or None)
        # A word of the language, so it cannot be the name of an attribute.
        self.fields["from"] = PastDayField(label=_("From the end of"), required=False)
        self.order_fields(["kind", "from", "until"])

    @property
    def form(self) -> "ChangesFilter":
        """Return itself, as `components/filters.html` asks for it."""
        return self

    def clean(self) -> None:
        """Refuse two days in the wrong order."""
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("until")
        if first and last and first > last:
            self.add_error("from", _("This day lies behind the second one. Swap the two."))

    def chosen(self) -> Chosen:
        """Return what was chosen and understood."""
        said = self.cleaned_data if self.is_bound and self.errors is not None else {}
        kind = said.get("kind")
        return Chosen(Kind(kind) if kind else None, said.get("from"), said.get("until"))
