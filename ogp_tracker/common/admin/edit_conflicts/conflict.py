"""What was typed against what is stored now: where they differ, and what there is to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextField
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ogp_tracker.common.differences import differences, to_html

from .fingerprint import (
    FIELD,
    FormSet,
    Part,
    digest,
    key_in_row,
    name_of_key,
    overwritable,
    parts_of,
    read,
)
from .rows import line_up
from .sent import as_sent, put, sent_rows, typed
from .words import LONG, in_words, label_of, who_changed

KEEP = "keep_stored"
"""The name of the boxes by which an officer lets stand what is stored in a field."""


@dataclass
class Stored:
    """A row and the rows below it as they are stored, seen through the form that changes them."""

    form: BaseForm
    formsets: Sequence[FormSet]
    watched: Sequence[str] = ()

    def parts(self) -> list[Part]:
        """Return all that the form can overwrite or watches."""
        return parts_of(self.form, self.formsets, self.watched)


class StoredNow(SafeString):
    """What stands beside a field: what is stored in it now, with a box to keep it."""

    in_short: str = ""
    """The same for a list of all that is to be put right."""


@dataclass
class Conflict:
    """Why a form is not saved: somebody else was first."""

    sentences: list[str]
    """What stands at the top."""
    beside: dict[str, StoredNow] = field(default_factory=dict)
    """What stands beside a field, by its name in the page."""
    rows: dict[str, list[str]] = field(default_factory=dict)
    """What stands above rows below the form, by their prefix."""


def compare(request: HttpRequest, stored: Stored, *, is_new: bool) -> Conflict | None:
    """Return what keeps the form from being saved over what is stored; None if nothing does.

    Fields whose box says so take what is stored in the place of what was typed. What is typed
    exactly as it is stored overwrites nothing, so the same form sent twice is no conflict.
    `is_new`: the form was opened before there was a row, and therefore shows no version of it.
    """
    shown = read(request.POST.get(FIELD, ""))
    _take_stored(request, stored)
    rows = {
        str(formset.prefix): sentences
        for formset in stored.formsets
        if (sentences := line_up(request, formset, shown))
    }
    parts = stored.parts()
    changed = [part for part in parts if shown.get(part.key) != part.digest]
    beside = _beside(request, stored, changed, shown)
    watched = [
        _("%(field)s is now: %(value)s") % {"field": label_of(part), "value": in_words(part)}
        for part in changed
        if part.bound is None and not is_new
    ]
    is_known = is_new or not parts or any(part.key in shown for part in parts)
    if is_known and not (beside or rows or watched):
        return None
    row: Any = stored.form.instance  # type: ignore[attr-defined]
    first = who_changed(row, request.user) if is_known else _unknown_version(row)
    return Conflict([first, *watched, _what_to_do(bool(beside))], beside, rows)


def _unknown_version(row: Any) -> str:
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


def _take_stored(request: HttpRequest, stored: Stored) -> None:
    """Put what is stored in the place of what was typed where a box says so."""
    ticked = set(request.POST.getlist(KEEP))
    if ticked:
        for html_name, part in _by_html_name(request, stored).items():
            if html_name in ticked and part.bound is not None:
                put(request, html_name, as_sent(part.bound))


def _by_html_name(request: HttpRequest, stored: Stored) -> dict[str, Part]:
    """Return what is stored by the names that the fields have in the page that was sent."""
    parts = {part.key: part for part in stored.parts()}
    named = {bound.html_name: parts[bound.name] for bound in overwritable(stored.form)}
    for formset in stored.formsets:
        pk = name_of_key(formset)
        names = [bound.name for bound in overwritable(formset.empty_form)]
        for row in sent_rows(request, str(formset.prefix)):
            for name in names:
                part = parts.get(key_in_row(formset.prefix, row.first(pk), name))
                if part is not None:
                    named[f"{formset.prefix}-{row.number}-{name}"] = part
    return named


def _beside(
    request: HttpRequest, stored: Stored, changed: list[Part], shown: dict[str, str]
) -> dict[str, StoredNow]:
    """Return what to say beside each field that was changed and differs from what was typed."""
    keys = {part.key for part in changed}
    beside = {}
    for html_name, part in _by_html_name(request, stored).items():
        if part.bound is None or part.key not in keys:
            continue
        value = typed(request, part.bound, html_name)
        if value == part.value:
            continue
        untouched = value is not None and digest(value) == shown.get(part.key)
        beside[html_name] = _stored_now(part, value, html_name, untouched)
    return beside


def _stored_now(part: Part, value: str | None, html_name: str, untouched: bool) -> StoredNow:
    words = in_words(part)
    said = StoredNow(
        render_to_string(
            "admin/stored_now.html",
            {
                "words": words,
                "marked": _marked(part, value),
                "name": html_name,
                "box": KEEP,
                "untouched": untouched,
            },
        ).strip()
    )
    said.in_short = (
        _("Stored now: %(words)s") % {"words": Truncator(words).chars(LONG)}
        if words
        else _("Stored now: nothing.")
    )
    return said


def _marked(part: Part, value: str | None) -> str:
    """Return a stored text with what differs from the typed one marked, if both have words."""
    is_text = isinstance(part.row._meta.get_field(part.name), TextField)
    if not is_text or not value or not part.value:
        return ""
    return to_html(differences(value, part.value))
