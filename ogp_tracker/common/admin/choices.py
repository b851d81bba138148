"""A choice by typing that asks the database nothing for what its row has chosen already."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest


class KnownChoice(AutocompleteSelect):
    """The choice in one of many rows below a form, which come with what they have chosen.

    Django's own asks once per row for the words of its choice.
    """

    known: Any = None
    """The row that is chosen, where it has been read already."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Return what is chosen, from what is known if it is that."""
        if self.known is None or [str(one) for one in value] != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        words = self.choices.field.label_from_instance(self.known)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        chosen = self.create_option(name, self.known.pk, words, True, len(empty))
        return [(None, [*empty, chosen], 0)]


class KnownChoices(forms.BaseInlineFormSet):
    """Rows that tell each choice by typing what they have chosen, so that it need not ask."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Tell the choices of a row."""
        super().add_fields(form, index)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", None)
            if isinstance(widget, KnownChoice) and getattr(form.instance, f"{name}_id"):
                widget.known = getattr(form.instance, name)


class OffersKnownChoices(InlineModelAdmin):
    """Rows whose choices by typing know what the rows have read; `formset` is of KnownChoices."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field with such a choice."""
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownChoice(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
