"""A page of changes: all kinds together, newest first."""

from dataclasses import dataclass
from datetime import datetime

from ogp_tracker.history.edits import Edits, newest_edits
from ogp_tracker.history.kinds import Change, Kind
from ogp_tracker.history.places import Found, Place
from ogp_tracker.history.scopes import Scope
from ogp_tracker.history.sources import SOURCES


@dataclass(frozen=True)
class Listing:
    """Changes that stand on one page, and where older ones begin; None if there are none."""

    changes: list[Change]
    older: Place | None


@dataclass(frozen=True)
class Stretch:
    """Changes that were found, each with its place, and where older ones begin; None if nowhere."""

    found: list[Found]
    older: Place | None


def listing(
    scope: Scope,
    *,
    kind: Kind | None = None,
    before: Place | None = None,
    since: datetime | None = None,
    size: int,
) -> Listing:
    """Return the changes of a scope, of one kind or all, behind a place or from the newest on.

    With `since` none that came before that moment.

    Asks the same number of queries for any number of changes. Where many versions of texts turn
    out to be no edits, a page may have fewer changes than it could, and the next goes on.
    """
    stretch = find(scope, kind=kind, before=before, since=since, size=size)
    return Listing([one.show() for one in stretch.found], stretch.older)


def find(
    scope: Scope,
    *,
    kind: Kind | None = None,
    before: Place | None = None,
    since: datetime | None = None,
    size: int,
) -> Stretch:
    """Return what `listing` shows with the place of each; what is not shown costs no comparison."""
    found = [
        one for source in SOURCES for one in source.newest(scope, kind, before, size + 1, since)
    ]
    edits = Edits([], None)
    if kind in {None, Kind.EDIT}:
        edits = newest_edits(scope, before, size + 1, since)
    found = sorted([*found, *edits.found], key=lambda one: one.place, reverse=True)
    if edits.until is not None:
        # What is older than the last version looked at may have edits in front of it.
        until = edits.until
        found = [one for one in found if one.place >= until]
    shown = found[:size]
    older = shown[-1].place if len(found) > size else edits.until
    return Stretch(shown, older)
