"""What was typed against what is stored now: where they differ, and what to say about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model, TextField
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ogp_tracker.common.differences import differences, to_html

from .display import LONG, display_stored, label_of, who_changed
from .fingerprint import (
    FIELD,
    FormSet,
    StoredValue,
    decoded,
    digest,
    key_in_row,
    name_of_key,
    overwritable,
    stored_values,
)
from .rows import RowsBelow
from .submitted import as_submitted, replace_answer, submitted_rows, typed

KEEP = "keep_stored"
"""The name of the boxes that keep what is stored in a field."""


@dataclass
class StoredForm:
    """A row and the rows below it as they are stored, read through the form that changes them."""

    form: BaseForm
    formsets: Sequence[FormSet]
    watched: Sequence[str] = ()

    def values(self) -> list[StoredValue]:
        return stored_values(self.form, self.formsets, self.watched)


class StoredNow(SafeString):
    """Shown beside a field: what is stored in it now, with a box to keep it."""

    in_short: str = ""
    """The same for the list of everything to correct."""


@dataclass
class Conflict:
    """Why a form is not saved: somebody else has saved first."""

    sentences: list[str]
    """Shown at the top."""
    beside: dict[str, StoredNow] = field(default_factory=dict)
    """Shown beside a field, by its name in the page."""
    rows: dict[str, list[str]] = field(default_factory=dict)
    """Shown above the rows below the form, by their prefix."""


def compare(request: HttpRequest, current: StoredForm, *, is_new: bool) -> Conflict | None:
    """What keeps the form from being saved over what is stored; None if nothing does.

    Fields whose box is ticked take the stored value. Typing exactly what is stored overwrites
    nothing, so the same form sent twice is no conflict.
    `is_new`: the form was opened before there was a row, and therefore shows no version of it.
    """
    shown = decoded(request.POST.get(FIELD, ""))
    _take_stored(request, current)
    rows = {
        str(formset.prefix): sentences
        for formset in current.formsets
        if (sentences := RowsBelow(request, formset, shown).line_up())
    }
    now = current.values()
    changed = [stored for stored in now if shown.get(stored.key) != stored.digest]
    beside = _beside(request, current, changed, shown)
    watched = [
        _("%(field)s is now: %(value)s")
        % {"field": label_of(stored), "value": display_stored(stored)}
        for stored in changed
        if stored.bound is None and not is_new
    ]
    is_known = is_new or not now or any(stored.key in shown for stored in now)
    if is_known and not (beside or rows or watched):
        return None
    row: Model = current.form.instance  # type: ignore[attr-defined]
    first = who_changed(row, request.user) if is_known else _unknown_version(row)
    return Conflict([first, *watched, _what_to_do(bool(beside))], beside, rows)


def _unknown_version(row: Model) -> str:
    return _(
        "Not saved: this page did not say which version of the %(name)s it shows, so it may be an"
        " old one."
    ) % {"name": row._meta.verbose_name}


def _what_to_do(differs: bool) -> str:
    if differs:
        return _(
            "What you typed is still here. Beside each field that a colleague changed stands what"
            " is stored now. Save again to put yours in its place; where “Keep what is stored” is"
            " ticked, the stored words stay."
        )
    return _("What you typed is still here. Look at it once more and save again.")


def _take_stored(request: HttpRequest, current: StoredForm) -> None:
    ticked = set(request.POST.getlist(KEEP))
    if ticked:
        for html_name, stored in _by_html_name(request, current).items():
            if html_name in ticked and stored.bound is not None:
                replace_answer(request, html_name, as_submitted(stored.bound))


def _by_html_name(request: HttpRequest, current: StoredForm) -> dict[str, StoredValue]:
    by_key = {stored.key: stored for stored in current.values()}
    named = {bound.html_name: by_key[bound.name] for bound in overwritable(current.form)}
    for formset in current.formsets:
        pk = name_of_key(formset)
        names = [bound.name for bound in overwritable(formset.empty_form)]
        for row in submitted_rows(request, str(formset.prefix)):
            for name in names:
                stored = by_key.get(key_in_row(formset.prefix, row.first(pk), name))
                if stored is not None:
                    named[f"{formset.prefix}-{row.number}-{name}"] = stored
    return named


def _beside(
    request: HttpRequest, current: StoredForm, changed: list[StoredValue], shown: dict[str, str]
) -> dict[str, StoredNow]:
    keys = {stored.key for stored in changed}
    beside = {}
    for html_name, stored in _by_html_name(request, current).items():
        if stored.bound is None or stored.key not in keys:
            continue
        typed_text = typed(request, stored.bound, html_name)
        if typed_text == stored.text:
            continue
        untouched = typed_text is not None and digest(typed_text) == shown.get(stored.key)
        beside[html_name] = _stored_now(stored, typed_text, html_name, untouched)
    return beside


def _stored_now(
    stored: StoredValue, typed_text: str | None, html_name: str, untouched: bool
) -> StoredNow:
    words = display_stored(stored)
    note = StoredNow(
        render_to_string(
            "admin/stored_now.html",
            {
                "words": words,
                "marked": _marked(stored, typed_text),
                "name": html_name,
                "box": KEEP,
                "untouched": untouched,
            },
        ).strip()
    )
    note.in_short = (
        _("Stored now: %(words)s") % {"words": Truncator(words).chars(LONG)}
        if words
        else _("Stored now: nothing.")
    )
    return note


def _marked(stored: StoredValue, typed_text: str | None) -> str:
    is_text = isinstance(stored.row._meta.get_field(stored.name), TextField)
    if not is_text or not typed_text or not stored.text:
        return ""
    return to_html(differences(typed_text, stored.text))
