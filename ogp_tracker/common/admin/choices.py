"""Choices among rows: what stands for none, and lists that are too long to be read at once."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .forms import RowSet

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


class KnownChoice(AutocompleteSelect):
    """Without the query that Django's own makes for each row, for the label of its choice."""

    known: Model | None = None
    """The chosen row, if it has been read already."""

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> Any:
        if self.known is None or [str(one) for one in value] != [str(self.known.pk)]:
            return super().optgroups(name, value, attrs)
        label = self.choices.field.label_from_instance(self.known)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        chosen = self.create_option(name, self.known.pk, label, True, len(empty))
        return [(None, [*empty, chosen], 0)]


class KnownChoices(RowSet):
    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", None)
            if isinstance(widget, KnownChoice) and getattr(form.instance, f"{name}_id"):
                widget.known = getattr(form.instance, name)


class OffersKnownChoices(InlineModelAdmin):
    """Rows with such choices; their `formset` must be a KnownChoices."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownChoice(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
