"""Rows below a form that a colleague has added or taken out while the form was open."""

from django import forms
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .fingerprint import FormSet, Part, digest, key_in_row, name_of_key, overwritable, parts_of_rows
from .sent import SentRow, as_sent, put_rows, sent_rows, typed
from .words import in_short, in_words


def line_up(request: HttpRequest, formset: FormSet, shown: dict[str, str]) -> list[str]:
    """Make the rows that were sent those that are stored, with what was typed; say what is new.

    What a colleague has added comes in as it is stored. What a colleague has taken out goes, or,
    if it was changed here, stands as a new row.
    """
    return _Rows(request, formset, shown).line_up()


class _Rows:
    """The rows below one form, as they were shown, sent, and are stored."""

    def __init__(self, request: HttpRequest, formset: FormSet, shown: dict[str, str]) -> None:
        self.request, self.formset, self.shown = request, formset, shown
        self.pk = name_of_key(formset)
        self.fields: list[BoundField] = list(overwritable(formset.empty_form))
        self.stored = {
            str(form.instance.pk): form for form in formset.initial_forms if form.instance.pk
        }
        self.sent = sent_rows(request, str(formset.prefix))
        self.parts: dict[str, list[Part]] = {}
        for part in parts_of_rows(formset):
            self.parts.setdefault(str(part.row.pk), []).append(part)
        self.sentences: list[str] = []

    def line_up(self) -> list[str]:
        """Put the rows in order and return what there is to say."""
        gone = [row for row in self.sent if row.first(self.pk) not in ("", *self.stored)]
        sent = {row.first(self.pk) for row in self.sent}
        come = [key for key in self.stored if key not in sent]
        if not gone and not come and self._in_order(self.sent) == self.sent:
            return []
        gone, come = self._renumbered(gone, self._recognised(come))
        new = [row for row in self.sent if not row.first(self.pk)] + self._kept(gone)
        existing = [row for row in self.sent if row.first(self.pk) in self.stored]
        existing = self._in_order(existing + [self._as_stored(key) for key in come])
        self._name_what_has_come(come)
        put_rows(self.request, str(self.formset.prefix), existing, new)
        return self.sentences

    def _in_order(self, rows: list[SentRow]) -> list[SentRow]:
        """Return the rows in the order in which they are stored, by which the page names them."""
        place = {key: number for number, key in enumerate(self.stored)}
        return sorted(rows, key=lambda row: place.get(row.first(self.pk), len(place)))

    def _recognised(self, come: list[str]) -> list[str]:
        """Give new rows that are stored already, as they were sent, their key; return the others.

        So a form that is sent twice does not bring its new rows in twice.
        """
        left = []
        new = [row for row in self.sent if not row.first(self.pk)]
        for key in come:
            stored = self._stored_in(key)
            same = next((row for row in new if self._typed_in(row) == stored), None)
            if same is None:
                left.append(key)
                continue
            new.remove(same)
            same.texts[self.pk] = [key]
            self._take_as_shown(key, stored)
        return left

    def _typed_in(self, row: SentRow) -> dict[str, str | None]:
        typed_here = {
            bound.name: typed(self.request, bound, self._html_name(row, bound))
            for bound in self.fields
        }
        return {
            name: None if value is None else digest(value) for name, value in typed_here.items()
        }

    def _take_as_shown(self, key: str, digests: dict[str, str]) -> None:
        for name, value in digests.items():
            self.shown[key_in_row(self.formset.prefix, key, name)] = value

    def _renumbered(self, gone: list[SentRow], come: list[str]) -> tuple[list[SentRow], list[str]]:
        """Give rows that are only stored under a new key that key; return the others.

        A draft's evidence is written anew each time.
        """
        left, keys = [], list(come)
        for row in gone:
            before = self._shown_in(row.first(self.pk))
            same = next((key for key in keys if before and before == self._stored_in(key)), None)
            if same is None:
                left.append(row)
                continue
            keys.remove(same)
            row.texts[self.pk] = [same]
            self._take_as_shown(same, before)
        return left, keys

    def _shown_in(self, key: str) -> dict[str, str]:
        return {
            bound.name: self.shown[part]
            for bound in self.fields
            if (part := key_in_row(self.formset.prefix, key, bound.name)) in self.shown
        }

    def _stored_in(self, key: str) -> dict[str, str]:
        return {part.name: part.digest for part in self.parts.get(key, ())}

    def _kept(self, gone: list[SentRow]) -> list[SentRow]:
        """Return the rows that were changed here and taken out by a colleague, as new ones."""
        kept = []
        labels = self._labels(gone)
        for row in gone:
            if row.texts.pop("DELETE", None):
                continue
            name = {"row": in_short(self._said(row, labels))}
            if self._is_untouched(row):
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

    def _is_untouched(self, row: SentRow) -> bool:
        return self._typed_in(row) == self._shown_in(row.first(self.pk))

    def _html_name(self, row: SentRow, bound: BoundField) -> str:
        return f"{self.formset.prefix}-{row.number}-{bound.name}"

    def _labels(self, rows: list[SentRow]) -> dict[str, dict[str, str]]:
        """Return the names of what the rows choose from other tables, one query for each field."""
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

    def _said(self, row: SentRow, labels: dict[str, dict[str, str]]) -> list[str]:
        said = []
        for bound in self.fields:
            sent = row.first(bound.name)
            choices = labels.get(bound.name)
            if choices is None:
                choices = dict(getattr(bound.field, "choices", ()))
            said.append(str(choices.get(sent, sent)))
        return said

    def _as_stored(self, key: str) -> SentRow:
        form = self.stored[key]
        texts = {bound.name: as_sent(bound) for bound in overwritable(form)}
        texts |= {self.pk: [key], self.formset.fk.name: [str(self.formset.instance.pk)]}
        return SentRow(texts=texts)

    def _name_what_has_come(self, come: list[str]) -> None:
        for key in come:
            said = in_short(in_words(part) for part in self.parts.get(key, ()))
            self.sentences.append(
                _("%(row)s has been added meanwhile and stands below.") % {"row": said}
            )
