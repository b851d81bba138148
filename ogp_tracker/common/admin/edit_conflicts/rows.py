"""Rows below a form that a colleague has added or removed while the form was open."""

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


def line_up(request: HttpRequest, formset: FormSet, shown: dict[str, str]) -> list[str]:
    """Make the submitted rows match the stored ones, keeping what was typed; return the messages.

    A row that a colleague has added comes in as it is stored. A row that a colleague has removed
    goes, or becomes a new row if it was changed here.
    """
    return _Rows(request, formset, shown).line_up()


class _Rows:
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
        removed = [row for row in self.sent if row.first(self.pk) not in ("", *self.stored)]
        sent = {row.first(self.pk) for row in self.sent}
        added = [key for key in self.stored if key not in sent]
        if not removed and not added and self._in_stored_order(self.sent) == self.sent:
            return []
        removed, added = self._match_rewritten(removed, self._match_resent(added))
        new = [row for row in self.sent if not row.first(self.pk)] + self._restore_removed(removed)
        existing = [row for row in self.sent if row.first(self.pk) in self.stored]
        existing = self._in_stored_order(existing + [self._as_stored(key) for key in added])
        self._say_what_was_added(added)
        replace_rows(self.request, str(self.formset.prefix), existing, new)
        return self.sentences

    def _in_stored_order(self, rows: list[SubmittedRow]) -> list[SubmittedRow]:
        place = {key: number for number, key in enumerate(self.stored)}
        return sorted(rows, key=lambda row: place.get(row.first(self.pk), len(place)))

    def _match_resent(self, added: list[str]) -> list[str]:
        """Give new rows already stored their key, so that a form sent twice adds none twice.

        Returns the others.
        """
        left = []
        new = [row for row in self.sent if not row.first(self.pk)]
        for key in added:
            stored = self._stored_in(key)
            same = next((row for row in new if self._typed_in(row) == stored), None)
            if same is None:
                left.append(key)
                continue
            new.remove(same)
            same.texts[self.pk] = [key]
            self._mark_as_shown(key, stored)
        return left

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

    def _mark_as_shown(self, key: str, digests: dict[str, str]) -> None:
        for name, value in digests.items():
            self.shown[key_in_row(self.formset.prefix, key, name)] = value

    def _match_rewritten(
        self, removed: list[SubmittedRow], added: list[str]
    ) -> tuple[list[SubmittedRow], list[str]]:
        """Give rows stored unchanged under another key that key; return the others.

        A draft's evidence is written anew each time.
        """
        left, keys = [], list(added)
        for row in removed:
            before = self._shown_in(row.first(self.pk))
            same = next((key for key in keys if before and before == self._stored_in(key)), None)
            if same is None:
                left.append(row)
                continue
            keys.remove(same)
            row.texts[self.pk] = [same]
            self._mark_as_shown(same, before)
        return left, keys

    def _shown_in(self, key: str) -> dict[str, str]:
        return {
            bound.name: self.shown[field]
            for bound in self.fields
            if (field := key_in_row(self.formset.prefix, key, bound.name)) in self.shown
        }

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
            if self._typed_in(row) == self._shown_in(row.first(self.pk)):
                self.sentences.append(_("%(row)s has been taken out meanwhile.") % name)
                continue
            self.sentences.append(
                _(
                    "%(row)s has been taken out meanwhile. You had changed it, so it stands below"
                    " as a new row; empty its fields to leave it out."
                )
                % name
            )
            row.texts[self.pk] = [""]
            kept.append(row)
        return kept

    def _labels(self, rows: list[SubmittedRow]) -> dict[str, dict[str, str]]:
        """One query for each field."""
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

    def _say_what_was_added(self, added: list[str]) -> None:
        for key in added:
            said = row_summary(display_stored(stored) for stored in self.stored_values.get(key, ()))
            self.sentences.append(
                _("%(row)s has been added meanwhile and stands below.") % {"row": said}
            )
