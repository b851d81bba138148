"""An edit as a page shows it: fields by their names, and what became of what they said."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.models.membership import Role
from ogp_tracker.common.differences import Run, differences, to_html
from ogp_tracker.common.differences import WordChange as Fate
from ogp_tracker.history.kinds import Change, Difference, Kind, Link
from ogp_tracker.history.places import Place
from ogp_tracker.history.tables import EDITED
from ogp_tracker.opendata.columns import LIST_SEPARATOR
from ogp_tracker.opendata.tables.record import Recorded, Version, as_it_was

LEFT_OUT = " […] "

UNCHANGED = 240
"""So many signs of an unchanged passage are shown at most."""

CHANGED = 2000
"""So many signs of what was removed, or added, in one place."""

COMPARED = 60_000
"""Longer texts are not compared on a page of many changes."""


def show(
    recorded: Recorded,
    place: Place,
    before: Version | None,
    version: Version,
    fields: Sequence[tuple[str, str, str]],
) -> Change:
    """Return an edit as a page shows it."""
    said = as_it_was(recorded, version if before is None else before, is_there=before is not None)
    return Change(
        Kind.EDIT,
        place.moment,
        True,
        EDITED[recorded.table].things(version),
        who_edited(version),
        str(Role(version["history_role"]).label) if version["history_role"] else "",
        differences=tuple(
            difference(
                recorded.model._meta.get_field(name),
                was and said.get(f"shown_{name}", was),
                has and version.get(f"shown_{name}", has),
            )
            for name, was, has in fields
        ),
    )


def who_edited(version: Version) -> Link | None:
    """Return for which institution whoever edited it acted."""
    slug = version["history_institution__slug"]
    if not slug:
        return None
    return Link(version["history_institution__name"], Institution(slug=slug).get_absolute_url())


def difference(field: Any, was: str, has: str) -> Difference:
    """Return what became of a field, whose cells in the record these are."""
    name = capfirst(str(field.verbose_name))
    if field.many_to_many:
        return Difference(name, to_html(list_runs(was, has)))
    is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
    if not is_text:
        runs = [Run(Fate.REMOVED, in_words(field, was)), Run(Fate.ADDED, in_words(field, has))]
        return Difference(name, to_html([run for run in runs if run.text]))
    was, has = was.replace("\r\n", "\n"), has.replace("\r\n", "\n")
    if was == has:
        return Difference(name, format_html("{}", _("Only how its lines end.")))
    if len(was) + len(has) > COMPARED:
        return Difference(
            name, format_html("{}", _("Too long to be compared here. It stands on its own page."))
        )
    return Difference(name, to_html(shortened(differences(was, has))), is_text=True)


def list_runs(was: str, has: str) -> list[Run]:
    """Return what went from a list and what came, between what stayed."""
    old, new = (cell.split(LIST_SEPARATOR) if cell else [] for cell in (was, has))
    fates = [(Fate.KEPT if part in new else Fate.REMOVED, part) for part in old]
    fates += [(Fate.ADDED, part) for part in new if part not in old]
    runs = []
    for number, (fate, part) in enumerate(fates):
        runs += [Run(Fate.KEPT, LIST_SEPARATOR)] * (number > 0) + [Run(fate, part)]
    return runs


def in_words(field: Any, cell: str) -> str:
    """Return what a cell says as readers are told it: codes by their labels, days as days."""
    if not cell:
        return ""
    if isinstance(field, models.BooleanField):
        return _("Yes") if cell == "true" else _("No")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(cell))
    return str(dict(field.flatchoices).get(cell, cell)) if hasattr(field, "flatchoices") else cell


def shortened(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with long passages cut: the whole text stands on its own page."""
    last = len(runs) - 1
    return [
        Run(run.change, _cut(run.text, CHANGED, head=True, tail=False))
        if run.change is not Fate.KEPT
        else Run(run.change, _cut(run.text, UNCHANGED, head=at > 0, tail=at < last))
        for at, run in enumerate(runs)
    ]


def _cut(text: str, size: int, *, head: bool, tail: bool) -> str:
    """Return the beginning and the end of a passage, as far as they are wanted."""
    if len(text) <= size + len(LEFT_OUT):
        return text
    each = size // (head + tail)
    beginning = text[:each].rsplit(maxsplit=1)[0] if head else ""
    ending = text[-each:].split(maxsplit=1)[-1] if tail else ""
    return (
        f"{beginning}{LEFT_OUT}{ending}".strip(" ")
        if not tail
        else f"{beginning}{LEFT_OUT}{ending}"
    )
