"""Filters of public lists: given more than once, each means either of its values."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Model, QuerySet
from django.forms.utils import flatatt
from django.utils.choices import BlankChoiceIterator, normalize_choices
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .texts import StrOrPromise


class EitherSelect(forms.SelectMultiple):
    """Looks like any other select until more than one of its options is chosen."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(dict.fromkeys(filter(None, super().value_from_datadict(data, files, name))))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Without a template for each option: 400 institutions took 50 ms of a page."""
        chosen = {str(one) for one in value or [""]}
        attrs = self.build_attrs(self.attrs, attrs) | {"name": name, "multiple": len(chosen) > 1}
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) in chosen else "", text)
                for key, text in self.choices
            ),
        )
        return format_html("<select{}>\n{}\n</select>", flatatt(attrs), options)


class EitherCodeField(forms.MultipleChoiceField):
    widget = EitherSelect

    def __init__(self, *, empty_label: StrOrPromise = "", choices: Any, **how: Any) -> None:
        blank = [("", empty_label)]
        super().__init__(choices=BlankChoiceIterator(normalize_choices(choices), blank), **how)


class EitherRowField(forms.ModelMultipleChoiceField):
    widget = EitherSelect

    def __init__(
        self, queryset: QuerySet[Any], *, empty_label: StrOrPromise = "", **how: Any
    ) -> None:
        super().__init__(queryset, **how)
        self.empty_label = empty_label

    def clean(self, value: Any) -> list[Model]:  # type: ignore[override]
        return list(super().clean(value))


class EitherNumberField(forms.IntegerField):
    widget = EitherSelect

    def clean(self, value: list[str]) -> list[int]:
        return [super(EitherNumberField, self).clean(one) for one in value]


class EitherFilter(filters.Filter):
    field_class: type[forms.Field] = EitherCodeField

    def filter(self, qs: QuerySet[Any], value: list[Any]) -> QuerySet[Any]:
        """Of a field with one value: across one with many, a row would be found twice."""
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class EitherRowFilter(EitherFilter):
    field_class = EitherRowField


class ReadersForm(forms.Form):
    """What readers choose on a public list; what is not valid is shown, and not applied."""

    def chosen(self, name: str) -> list[Any]:
        """The valid values; at most one where only one makes sense."""
        # To ask for the errors cleans the form.
        value = self.cleaned_data.get(name) if self.errors or self.is_bound else None
        return value if isinstance(value, list) else [value] if value else []

    def active(self) -> list[dict[str, Any]]:
        """The choices in use: name in the address, label, and what is chosen as text."""
        active = []
        for name, field in self.fields.items():
            if name != "sort" and (values := self.chosen(name)):
                named = {} if hasattr(field, "queryset") else dict(getattr(field, "choices", []))
                text = get_text_list([str(named.get(one, one)) for one in values], gettext("or"))
                active.append({"name": name, "label": field.label, "value": text})
        return active

    def clean(self) -> None:
        """Where only one value makes sense, two are an error: none is dropped in silence."""
        for name, field in self.fields.items():
            given = set(filter(None, self.data.getlist(name)))  # type: ignore[attr-defined]
            if len(given) > 1 and not isinstance(field.widget, EitherSelect):
                self.add_error(name, _("Choose only one."))


class ReadersFilter(filters.FilterSet):
    class Meta:
        form = ReadersForm
