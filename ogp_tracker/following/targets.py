"""What can be followed: the whole site, or the row of a page that has a feed."""

import re
from dataclasses import dataclass

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from commitments.models import FormerSlug
from ogp_tracker.history.scopes import Scope, scope_of
from ogp_tracker.pages import FRONT, Has, PageKind, page_of, pages_with

WHOLE_SITE = "site"
"""The kind of the whole site, in feeds, calendars and subscriptions; of a row, its page's name."""
FOLLOWED = {page.name: page for page in pages_with(Has.FEED) if page is not FRONT}
IN_ADDRESS = re.compile(r"[a-z_]+(:[-0-9A-Za-z_]+)+", re.ASCII)


@dataclass(frozen=True)
class Target:
    """The whole site or one public row, with the addresses below which it is followed."""

    row: Model | None = None

    @property
    def _page(self) -> PageKind:
        return page_of(self.row)

    @property
    def kind(self) -> str:
        return WHOLE_SITE if self.row is None else self._page.name

    @property
    def key(self) -> int:
        """The number of the row, which stays when its texts and its address change."""
        return self.row.pk if self.row is not None else 0

    @property
    def name(self) -> str:
        return str(self.row) if self.row is not None else _("Open Government Tracker")

    @property
    def scope(self) -> Scope:
        return scope_of(self.row)

    @property
    def spelt(self) -> str:
        """How the page for followers names it in its address."""
        return ":".join((self.kind, *map(str, self._page.parts_of(self.row).values())))

    @property
    def page(self) -> str:
        return self._page.address(self.row)

    @property
    def changes(self) -> str:
        return self._page.address(self.row, "changes")

    @property
    def feed(self) -> str:
        return self._page.address(self.row, "feed")

    @property
    def calendar(self) -> str:
        return self._page.address(self.row, "calendar")


SITE = Target()


def spelt_as(text: str) -> Target | None:
    if text == WHOLE_SITE:
        return SITE
    kind, *parts = text.split(":")
    page = FOLLOWED.get(kind)
    if page is None or len(parts) != len(page.parts) or not IN_ADDRESS.fullmatch(text):
        return None
    if page.section == "commitments":
        parts[0] = FormerSlug.objects.now(parts[0]) or parts[0]
    try:
        return Target(page.row_of(**dict(zip(page.parts, parts, strict=True))))
    except (Http404, ValueError):
        return None


def with_keys(wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Target]:
    """Those of the targets that readers may see, by kind and key; one query for each kind."""
    found = {(WHOLE_SITE, 0): SITE}
    for kind, page in FOLLOWED.items():
        keys = [key for word, key in wanted if word == kind]
        if keys and page.rows:
            found |= {(kind, row.pk): Target(row) for row in page.rows().filter(pk__in=keys)}
    return found
