"""An edit as a page shows it: fields by their labels, with the differences in their texts."""

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.models.membership import Role
from ogp_tracker.common.differences import TextRun, WordChange, differences, to_html
from ogp_tracker.history.kinds import ChangeKind, Difference, Link, PublicChange, link_to
from ogp_tracker.history.places import Position
from ogp_tracker.history.tables import EDITED, as_row
from ogp_tracker.opendata.columns import LIST_SEPARATOR
from ogp_tracker.opendata.tables.record import AnyField, RecordedTable, VersionRow, as_it_was

LEFT_OUT = " […] "

UNCHANGED = 240
"""At most this many characters of an unchanged passage are shown."""

CHANGED = 2000
"""At most this many characters of what was removed, or added, in one passage."""

COMPARED = 60_000
"""Longer texts are not compared on a page of many changes."""


def as_public_change(
    recorded: RecordedTable,
    position: Position,
    before: VersionRow | None,
    version: VersionRow,
    fields: Sequence[tuple[str, str, str]],
) -> PublicChange:
    compared = {field.name: field for field in recorded.compared_fields}
    old = as_it_was(recorded, version if before is None else before, is_there=before is not None)
    known = EDITED[recorded.table]
    return PublicChange(
        ChangeKind.EDIT,
        position.moment,
        True,
        known.things(as_row(recorded.model, version, known.columns)),
        who_edited(version),
        str(Role(version["history_role"]).label) if version["history_role"] else "",
        differences=tuple(
            difference(
                compared[name],
                was and old.get(f"label_{name}", was),
                has and version.get(f"label_{name}", has),
            )
            for name, was, has in fields
        ),
    )


def who_edited(version: VersionRow) -> Link | None:
    slug, name = version["history_institution__slug"], version["history_institution__name"]
    return link_to(Institution(slug=slug, name=name)) if slug else None


def difference(field: AnyField, was: str, has: str) -> Difference:
    """`was` and `has` are the field's cells in the record."""
    name = capfirst(str(field.verbose_name))
    if field.many_to_many:
        return Difference(name, to_html(list_runs(was, has)))
    is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
    if not is_text:
        runs = [
            TextRun(WordChange.REMOVED, as_words(field, was)),
            TextRun(WordChange.ADDED, as_words(field, has)),
        ]
        return Difference(name, to_html([run for run in runs if run.text]))
    was, has = was.replace("\r\n", "\n"), has.replace("\r\n", "\n")
    if was == has:
        return Difference(name, format_html("{}", _("Only the line endings changed.")))
    if len(was) + len(has) > COMPARED:
        return Difference(
            name,
            format_html("{}", _("Too long to compare here. The full text is on its own page.")),
        )
    return Difference(name, to_html(shortened(differences(was, has))), is_text=True)


def list_runs(was: str, has: str) -> list[TextRun]:
    old, new = (cell.split(LIST_SEPARATOR) if cell else [] for cell in (was, has))
    changes = [(WordChange.KEPT if part in new else WordChange.REMOVED, part) for part in old]
    changes += [(WordChange.ADDED, part) for part in new if part not in old]
    runs = []
    for number, (change, part) in enumerate(changes):
        runs += [TextRun(WordChange.KEPT, LIST_SEPARATOR)] * (number > 0) + [TextRun(change, part)]
    return runs


def as_words(field: AnyField, cell: str) -> str:
    """A cell for readers: codes by their labels, dates written out."""
    if not cell:
        return ""
    if isinstance(field, models.BooleanField):
        return _("Yes") if cell == "true" else _("No")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(cell))
    return str(dict(field.flatchoices).get(cell, cell)) if hasattr(field, "flatchoices") else cell


def shortened(runs: Sequence[TextRun]) -> list[TextRun]:
    """The runs with long passages cut: the whole text is on its own page."""
    last = len(runs) - 1
    return [
        TextRun(run.change, _cut(run.text, CHANGED, head=True, tail=False))
        if run.change is not WordChange.KEPT
        else TextRun(run.change, _cut(run.text, UNCHANGED, head=at > 0, tail=at < last))
        for at, run in enumerate(runs)
    ]


def _cut(text: str, size: int, *, head: bool, tail: bool) -> str:
    if len(text) <= size + len(LEFT_OUT):
        return text
    each = size // (head + tail)
    beginning = text[:each].rsplit(maxsplit=1)[0] if head else ""
    ending = text[-each:].split(maxsplit=1)[-1] if tail else ""
    shortened_text = f"{beginning}{LEFT_OUT}{ending}"
    return shortened_text if tail else shortened_text.strip(" ")
