"""Atom feeds of what changed: the same changes as on the pages, newest first (RFC 4287)."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.following.answering import answer
from ogp_tracker.following.targets import Target
from ogp_tracker.following.telling import clean, tell
from ogp_tracker.history.listing import find
from ogp_tracker.pages import PageKind

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 50
SINCE = 2026
"""The year in which the host of this site began to give out tag: identifiers (RFC 4151)."""


class ChangesFeed(Atom1Feed):
    """An Atom feed whose entries carry their words, and which is as old as its newest entry."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write an entry with its words as HTML."""
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        """Return when the newest entry came; a feed without any is as old as its name."""
        return max(
            (item["updateddate"] for item in self.items), default=datetime(SINCE, 1, 1, tzinfo=UTC)
        )


@require_safe
def feed(request: HttpRequest, page: PageKind, **parts: str | int) -> HttpResponse:
    target = Target(page.row_of(**parts))
    return answer(request, target.feed, MEDIA_TYPE, lambda: atom(target))


def atom(target: Target) -> str:
    """Return the feed of a target."""
    title = clean(title_of(target))
    made = ChangesFeed(
        title=title,
        link=absolute(target.changes),
        description="",
        subtitle=_("Reports, corrections, moved due days, edited texts and assessments."),
        language=settings.LANGUAGE_CODE,
        author_name=_("Open Government Tracker"),
        feed_url=absolute(target.feed),
        feed_guid=tag("feed", target.kind, target.key),
    )
    for found in find(target.scope, size=ENTRIES).found:
        told = tell(found.show())
        made.add_item(
            title=told.title,
            link=told.url,
            description="",
            content=render_to_string("following/change.html", {"told": told}).strip(),
            author_name=told.who or None,
            unique_id=tag("change", found.place.source, found.place.key),
            pubdate=found.place.moment,
            updateddate=found.place.moment,
        )
    return str(made.writeString("utf-8"))


def title_of(target: Target) -> str:
    """Return how the feed of a target is called."""
    if target.row is None:
        return _("Open Government Tracker: all changes")
    return _("Changes: %s") % target.name


def tag(*parts: object) -> str:
    """Return an identifier that stays, whatever becomes of texts and addresses."""
    return f"tag:{host()},{SINCE}:{':'.join(map(str, parts))}"
