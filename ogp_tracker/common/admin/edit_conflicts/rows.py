"""Rows below a form that a colleague has added or removed while the form was open."""

from collections.abc import Callable, Mapping

from django import forms
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .display import display_stored, row_summary
from .fingerprint import (
    FormSet,
    StoredValue,
    digest,
    key_in_row,
    name_of_key,
    overwritable,
    stored_values_in_rows,
)
from .submitted import SubmittedRow, as_submitted, replace_rows, submitted_rows, typed


class RowsBelow:
    """The rows below one form as they were shown, as they were submitted and as they are stored."""

    def __init__(self, request: HttpRequest, formset: FormSet, shown: dict[str, str]) -> None:
        self.request, self.formset, self.shown = request, formset, shown
        self.pk = name_of_key(formset)
        self.fields: list[BoundField] = list(overwritable(formset.empty_form))
        self.stored = {
            str(form.instance.pk): form for form in formset.initial_forms if form.instance.pk
        }
        self.sent = submitted_rows(request, str(formset.prefix))
        self.stored_values: dict[str, list[StoredValue]] = {}
        for stored in stored_values_in_rows(formset):
            self.stored_values.setdefault(str(stored.row.pk), []).append(stored)
        self.sentences: list[str] = []

    def line_up(self) -> list[str]:
        """Make the submitted rows match the stored ones, keeping what was typed; the messages.

        A row that a colleague has added comes in as it is stored. A row that a colleague has
        removed goes, or becomes a new row if it was changed here.
        """
        removed = [row for row in self.sent if row.first(self.pk) not in ("", *self.stored)]
        sent = {row.first(self.pk) for row in self.sent}
        added = [key for key in self.stored if key not in sent]
        if not removed and not added and self._in_stored_order(self.sent) == self.sent:
            return []
        # New rows are stored already if the form is sent twice, and must not be added twice.
        new = [row for row in self.sent if not row.first(self.pk)]
        new, added = self._match(new, added, self._typed_in)
        # A draft's evidence is written anew each time.
        removed, added = self._match(removed, added, self._shown_in)
        new += self._restore_removed(removed)
        existing = [row for row in self.sent if row.first(self.pk) in self.stored]
        existing = self._in_stored_order(existing + [self._as_stored(key) for key in added])
        for key in added:
            said = row_summary(display_stored(stored) for stored in self.stored_values.get(key, ()))
            self.sentences.append(
                _("%(row)s has been added meanwhile and is below.") % {"row": said}
            )
        replace_rows(self.request, str(self.formset.prefix), existing, new)
        return self.sentences

    def _in_stored_order(self, rows: list[SubmittedRow]) -> list[SubmittedRow]:
        place = {key: number for number, key in enumerate(self.stored)}
        return sorted(rows, key=lambda row: place.get(row.first(self.pk), len(place)))

    def _match(
        self,
        rows: list[SubmittedRow],
        keys: list[str],
        content: Callable[[SubmittedRow], Mapping[str, str | None]],
    ) -> tuple[list[SubmittedRow], list[str]]:
        """Give rows whose content is stored under one of the keys that key; return what is left."""
        rows, left = list(rows), []
        for key in keys:
            stored = self._stored_in(key)
            same = next((row for row in rows if stored and content(row) == stored), None)
            if same is None:
                left.append(key)
                continue
            rows.remove(same)
            same.texts[self.pk] = [key]
            for name, value in stored.items():
                self.shown[key_in_row(self.formset.prefix, key, name)] = value
        return rows, left

    def _typed_in(self, row: SubmittedRow) -> dict[str, str | None]:
        typed_here = {
            bound.name: typed(
                self.request, bound, f"{self.formset.prefix}-{row.number}-{bound.name}"
            )
            for bound in self.fields
        }
        return {
            name: None if value is None else digest(value) for name, value in typed_here.items()
        }

    def _shown_in(self, row: SubmittedRow) -> dict[str, str]:
        keys = {
            bound.name: key_in_row(self.formset.prefix, row.first(self.pk), bound.name)
            for bound in self.fields
        }
        return {name: self.shown[key] for name, key in keys.items() if key in self.shown}

    def _stored_in(self, key: str) -> dict[str, str]:
        return {stored.name: stored.digest for stored in self.stored_values.get(key, ())}

    def _restore_removed(self, removed: list[SubmittedRow]) -> list[SubmittedRow]:
        """The rows that were changed here and removed by a colleague, as new ones."""
        kept = []
        labels = self._labels(removed)
        for row in removed:
            if row.texts.pop("DELETE", None):
                continue
            name = {"row": row_summary(self._row_texts(row, labels))}
            if self._typed_in(row) == self._shown_in(row):
                self.sentences.append(_("%(row)s has been removed in the meantime.") % name)
                continue
            self.sentences.append(
                _(
                    "%(row)s has been removed in the meantime. You had changed it, so it is below"
                    " as a new row; empty its fields to leave it out."
                )
                % name
            )
            row.texts[self.pk] = [""]
            kept.append(row)
        return kept

    def _labels(self, rows: list[SubmittedRow]) -> dict[str, dict[str, str]]:
        labels = {}
        for bound in self.fields:
            field = bound.field
            if not rows or not isinstance(field, forms.ModelChoiceField):
                continue
            keys = {key for row in rows if (key := row.first(bound.name)).isdecimal()}
            labels[bound.name] = {
                str(one.pk): str(one)
                for one in field.queryset.filter(pk__in=keys)  # type: ignore[union-attr]
            }
        return labels

    def _row_texts(self, row: SubmittedRow, labels: dict[str, dict[str, str]]) -> list[str]:
        said = []
        for bound in self.fields:
            sent = row.first(bound.name)
            choices = labels.get(bound.name)
            if choices is None:
                choices = dict(getattr(bound.field, "choices", ()))
            said.append(str(choices.get(sent, sent)))
        return said

    def _as_stored(self, key: str) -> SubmittedRow:
        form = self.stored[key]
        texts = {bound.name: as_submitted(bound) for bound in overwritable(form)}
        texts |= {self.pk: [key], self.formset.fk.name: [str(self.formset.instance.pk)]}
        return SubmittedRow(texts=texts)
