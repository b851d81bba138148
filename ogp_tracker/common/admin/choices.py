"""Choices among rows: what stands for none, and names that are typed where a list is too long."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_tracker.common.texts import folded

MOST_LISTED, MOST_SUGGESTED = 500, 2000
"""With more rows a name is typed; with more than the second the browser suggests none."""

HINT = gettext_lazy("Type the name, or a part of it that no other has.")

DASHES = BLANK_CHOICE_DASH[0][1]


def words_of_none(field: forms.Field) -> str:
    return _("Choose") if field.required else _("None")


def with_words_of_none(field: forms.Field | None) -> forms.Field | None:
    """In place of Django's row of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words_of_none(field)
    elif isinstance(field, forms.ChoiceField):
        none, offered = ("", words_of_none(field)), cast(Iterable[Any], field.choices)
        field.choices = [none if one == BLANK_CHOICE_DASH[0] else one for one in offered]
    return field


@dataclass
class OfferedRows:
    """What an account can choose, read once however many fields of a page show it."""

    model: type[Model]
    names: dict[str, list[str]]
    """By key; the first name is shown."""
    are_typed: bool

    @property
    def list_id(self) -> str:
        """Of the names that the browser suggests; empty if there are too many."""
        return f"names-{self.model._meta.model_name}" if len(self.names) <= MOST_SUGGESTED else ""

    @cached_property
    def folded(self) -> dict[str, list[str]]:
        return {key: list(map(folded, names)) for key, names in self.names.items()}

    def find(self, typed: str) -> list[str]:
        """The keys of the rows so called; if none, of those whose name begins with it or has it."""
        if shown := [key for key, names in self.names.items() if names[0] == typed]:
            return shown
        typed = folded(typed)
        for fits in (
            lambda name: name == typed,
            lambda name: name.startswith(f"{typed} "),
            lambda name: typed in name,
        ):
            if found := [key for key, names in self.folded.items() if any(map(fits, names))]:
                return found
        return []

    def why_not(self, typed: str) -> str:
        found = [self.names[key][0] for key in self.find(typed)]
        few = ", ".join(found[:3])
        sentence = _("Several %(kinds)s match “%(typed)s”: %(names)s. Enter the whole name.")
        if not found:
            sentence = _(
                "No %(kind)s is called “%(typed)s”. Check the spelling. If it is missing here, ask"
                " an administrator."
            )
        return sentence % {
            "kind": self.model._meta.verbose_name,
            "kinds": self.model._meta.verbose_name_plural,
            "names": few if len(found) <= 3 else _("%s and others") % few,
            "typed": Truncator(typed).chars(100),
        }


class Unresolved(str):
    """What was typed where it does not name one row; never taken for a key."""


class TypedName(forms.TextInput):
    """Shows the name of a row for its key, and reads the key for what is typed."""

    def __init__(self, offered: OfferedRows) -> None:
        super().__init__({"list": offered.list_id} if offered.list_id else {})
        self.offered = offered

    def format_value(self, value: Any) -> str:
        if isinstance(value, Unresolved):
            return value
        return self.offered.names.get(str(value), [""])[0]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        typed = str(super().value_from_datadict(data, files, name) or "").strip()
        found = self.offered.find(typed) if typed else [""]
        return found[0] if len(found) == 1 else Unresolved(typed)


class TypedChoice(forms.ModelChoiceField):
    widget: TypedName

    def to_python(self, value: Any) -> Model | None:
        if isinstance(value, Unresolved):
            raise ValidationError(self.widget.offered.why_not(value), code="invalid_choice")
        return super().to_python(value)
