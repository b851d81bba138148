"""Forms and rows of the admin for any model."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms import widgets
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from ogp_tracker.common.field_words import HIDDEN
from ogp_tracker.common.fields import DayFormField, WebAddressFormField
from ogp_tracker.common.web_addresses import warning_of
from ogp_tracker.common.written_dates import period_in

from .edit_conflicts import Conflict

F = TypeVar("F", bound=forms.Field | None)


class RefusableForm(forms.ModelForm):
    """A form that can show, beside its fields, what a service refused or a colleague has saved."""

    asks_by_rule = False
    """Whether rules say what is needed, each at its time, so that no label says “optional”."""

    conflict: Conflict | None = None
    """What someone else has saved since this form was opened."""

    refusal: ValidationError | None = None
    """What a service refused when this form was saved a moment ago."""

    shown_at: dict[str, str] = {}
    """The form's field for a name that the service uses, where they differ."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Where there is no field for the words of a date, only a single day will do."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayFormField) and field.words not in self.fields:
                field.edge = ""

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        self._fill_dates_and_words()
        try:
            if self.refusal is not None:
                raise self.refusal
            self.check_rules()
        except ValidationError as refusal:
            self.show(refusal)
        return cleaned

    def check_rules(self) -> None:
        """Raise ValidationError for what the service would refuse, before it is asked."""

    def _fill_dates_and_words(self) -> None:
        """Keep the words of a period that was typed as a date; read dates left empty from words."""
        dates = {
            name: field
            for name, field in self.fields.items()
            if isinstance(field, DayFormField) and field.edge
        }
        for words in {field.words for field in dates.values()}:
            typed = {
                name: str(self[name].value() or "")
                for name, field in dates.items()
                if field.words == words
            }
            said = self.cleaned_data.get(words, "")
            if not said and any(
                (read := period_in(text)) and not read.day for text in typed.values()
            ):
                self._fill(words, " – ".join(filter(None, typed.values())))
            for name in [name for name, text in typed.items() if not text]:
                if (read := period_in(said)) and (day := getattr(read, dates[name].edge)):
                    self._fill(name, day)

    def _fill(self, name: str, value: object) -> None:
        self.cleaned_data[name] = value
        self.changed_data.append(name)

    def full_clean(self) -> None:
        """Show what is stored now after cleaning, so that no rule trips over it."""
        super().full_clean()
        if self.conflict is not None and self.is_bound:
            self.add_error(None, self.conflict.sentences)
            for name in self.fields:
                if (beside := self.conflict.beside.get(self.add_prefix(name))) is not None:
                    self.add_error(name, beside)

    def show(self, refusal: ValidationError) -> None:
        """Each message beside its field, or at the top if it has none here.

        A field with an error of its own, such as "Enter a valid date", keeps only that.
        """
        if hasattr(refusal, "error_dict"):
            found: dict[str, list[str]] = refusal.message_dict
        else:
            found = {NON_FIELD_ERRORS: refusal.messages}
        for name, sentences in found.items():
            field = self.shown_at.get(name, name)
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, sentences)


class ReadOnly:
    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission


class ReadOnlyInline(ReadOnly):
    # Django would offer the public page of a draft, too.
    view_on_site: Any = False

    extra = 0
    max_num: int | None = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They are seen with the page that they are on."""
        return True


class RowSet(forms.BaseInlineFormSet):
    """Rows on the page of another; what is wrong with several of them is said in our own words."""

    default_error_messages = {
        "missing_management_form": HIDDEN,
        "too_many_forms": ngettext_lazy(
            "Enter at most %(num)d row.", "Enter at most %(num)d rows.", "num"
        ),
        "too_few_forms": ngettext_lazy(
            "Enter at least %(num)d row.", "Enter at least %(num)d rows.", "num"
        ),
    }

    def get_unique_error_message(self, unique_check: Iterable[str]) -> str:
        labels = [str(self.model._meta.get_field(name).verbose_name) for name in unique_check]  # type: ignore[union-attr]
        words = _("Two rows have the same %s. Change one of them, or remove it.")
        return words % get_text_list(labels, _("and"))

    def get_form_error(self) -> str:
        return _("This repeats another row. Change it, or remove it.")


def without_icons(field: F) -> F:
    """Without icons for adding, changing and deleting other rows.

    They are small, hard to hit and would be a second way to change rows that have rules. Only where
    the section of these rows says so (`added_beside`) may a missing one be added while choosing it.
    """
    widget = getattr(field, "widget", None)
    if field is not None and isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_change_related = widget.can_delete_related = widget.can_view_related = False
        section = widget.admin_site._registry.get(widget.rel.model)
        is_list = isinstance(widget.widget, forms.Select)
        widget.can_add_related &= is_list and getattr(section, "added_beside", False)
        if not widget.can_add_related:
            field.widget = widget.widget
    return field


def small_text(rows: int = 3) -> widgets.Textarea:
    return AdminTextareaWidget(attrs={"rows": rows})


def warn_of_addresses(request: HttpRequest, *saved: forms.BaseForm | forms.BaseFormSet) -> None:
    """Say which of the addresses that were saved perhaps only an office can open."""
    every = [one for given in saved for one in getattr(given, "forms", [given])]
    found = (
        warning_of(form.cleaned_data.get(name) or "")
        for form in every
        for name, field in form.fields.items()
        if isinstance(field, WebAddressFormField) and not form.cleaned_data.get("DELETE")
    )
    for sentence in dict.fromkeys(filter(None, found)):
        messages.warning(request, sentence)


def flat(names: Iterable[str | Iterable[str]]) -> list[str]:
    """The field names of a fieldset, with those that share a line one by one."""
    return [name for entry in names for name in ([entry] if isinstance(entry, str) else entry)]
