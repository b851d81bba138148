"""Fields with habits of this site; to the migrations they are Django's own."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .constraints import djangos_own
from .web_addresses import check_visible, clean_address, without_invisible
from .written_dates import read_date, read_day

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")


class _PlainInMigrations(models.Field):
    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{djangos_own(type(self)).__name__}", args, kwargs


class WebAddressFormField(forms.URLField):
    def to_python(self, value: Any) -> Any:
        """Clean it first: Django would call what is wrong with it only an invalid URL."""
        address = super().to_python(without_invisible(value) if value else value)
        return clean_address(address) if address else address


class WebAddressField(_PlainInMigrations, models.URLField):
    """A web address; one typed without its scheme means https."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(clean_address(value) if value else value, model_instance)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        given: dict[str, Any] = {"form_class": WebAddressFormField, "assume_scheme": "https"}
        return super().formfield(**(given | kwargs))


class DayInput(forms.DateInput):
    """Shows a date as the pages do: 5 November 2026."""

    def __init__(self) -> None:
        super().__init__({"size": 18, "autocomplete": "off"})

    def format_value(self, value: Any) -> str | None:
        return date_format(value, "j F Y") if isinstance(value, date) else value


class DayFormField(forms.DateField):
    """A date however people write it; with an `edge`, also a period such as “Q3 2027”."""

    def __init__(self, *, edge: str = "", words: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.edge, self.words = edge, words

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        period = read_date(value)
        day: date | None = getattr(period, self.edge) if self.edge else None
        return day or read_day(value)


class DayField(_PlainInMigrations, models.DateField):
    """A date, typed in any way. Where the source may give a period, `edge` says whether its
    first or its last possible day counts, and `words` names the column that keeps its words.
    """

    def __init__(self, *args: Any, edge: str = "", words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edge, self.words = edge, words

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        given: dict[str, Any] = {"form_class": DayFormField, "edge": self.edge, "words": self.words}
        # Django's admin would bring a box with a calendar that needs a script.
        return super().formfield(**(given | kwargs | {"widget": DayInput}))


class NameField(_PlainInMigrations, models.CharField):
    """A name or title, in which every character can be seen."""

    default_validators = [check_visible]


class LanguageField(_PlainInMigrations, models.CharField):
    """The language of a row's texts as BCP 47 says it, such as en or cy."""

    default_validators = [
        RegexValidator(
            r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Enter a code such as en, cy, gd or ga.")
        )
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 35)
        kwargs.setdefault("default", "en")
        super().__init__(*args, **kwargs)


class ProtectedKey(_PlainInMigrations, models.ForeignKey[_Set, _Get]):
    """A key that protects the row it names; where it may be null, a form may leave it empty."""

    def __init__(self, to: type[models.Model] | str, *, null: bool = False, **kwargs: Any) -> None:
        given: dict[str, Any] = {"on_delete": models.PROTECT, "blank": null}
        super().__init__(to, null=null, **(given | kwargs))
