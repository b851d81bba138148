"""A page of changes: all kinds together, newest first."""

from collections.abc import Collection
from datetime import datetime

from ogp_tracker.history.edits import newest_edits
from ogp_tracker.history.kinds import ChangeKind
from ogp_tracker.history.places import FoundChanges, Position
from ogp_tracker.history.scopes import Scope
from ogp_tracker.history.sources import SOURCES


def find(
    scope: Scope,
    *,
    kinds: Collection[ChangeKind] = (),
    before: Position | None = None,
    since: datetime | None = None,
    size: int,
) -> FoundChanges:
    """The changes of a scope, newest first, of these kinds or all, older than `before`.

    With `since` none that came before that time. The number of queries does not depend on the
    number of changes. Where many versions of texts turn out not to be edits, a page may have fewer
    changes than it could, and the next page goes on. No texts are compared until `show`.
    """
    found = [
        one for source in SOURCES for one in source.newest(scope, kinds, before, size + 1, since)
    ]
    edits = FoundChanges([], None)
    if not kinds or ChangeKind.EDIT in kinds:
        edits = newest_edits(scope, before, size + 1, since)
    found = sorted([*found, *edits.changes], key=lambda one: one.position, reverse=True)
    if (until := edits.older) is not None:
        # Edits older than the last version read are not known yet, so older changes have to wait.
        found = [one for one in found if one.position >= until]
    shown = found[:size]
    return FoundChanges(shown, shown[-1].position if len(found) > size else edits.older)
