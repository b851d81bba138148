"""Atom feeds of changes: the same changes as on the pages, newest first (RFC 4287)."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.following.targets import Target
from ogp_tracker.following.telling import clean, describe_all
from ogp_tracker.history.listing import find
from ogp_tracker.opendata.freshness import answer
from ogp_tracker.pages import PageKind

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 50
SINCE = 2026
"""The year since which this site has used its host in tag: identifiers (RFC 4151)."""


class ChangesFeed(Atom1Feed):
    """An Atom feed whose entries contain their text, as old as its newest entry."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        """A feed without entries is as old as its tag: identifiers."""
        return max(
            (item["updateddate"] for item in self.items), default=datetime(SINCE, 1, 1, tzinfo=UTC)
        )


@require_safe
def feed(request: HttpRequest, page: PageKind, **parts: str | int) -> HttpResponse:
    target = Target(page.row_of(**parts))
    return answer(
        request, target.feed, MEDIA_TYPE, lambda _on: HttpResponse(atom(target), MEDIA_TYPE)
    )


def atom(target: Target) -> str:
    title = clean(title_of(target))
    made = ChangesFeed(
        title=title,
        link=absolute(target.changes),
        description="",
        subtitle=_("Progress updates, corrections, moved due dates, edited texts and assessments."),
        language=settings.LANGUAGE_CODE,
        author_name=_("Open Government Tracker"),
        feed_url=absolute(target.feed),
        feed_guid=tag("feed", target.kind, target.key),
    )
    listed = find(target.scope, size=ENTRIES).changes
    for found, change in zip(listed, describe_all(one.show() for one in listed), strict=True):
        made.add_item(
            title=change.title,
            link=change.url,
            description="",
            content=render_to_string("following/change.html", {"change": change}).strip(),
            author_name=change.who or None,
            unique_id=tag("change", found.position.source, found.position.key),
            pubdate=found.position.moment,
            updateddate=found.position.moment,
        )
    return str(made.writeString("utf-8"))


def title_of(target: Target) -> str:
    if target.row is None:
        return _("Open Government Tracker: all changes")
    return _("Open Government Tracker: changes to %s") % target.name


def tag(*parts: object) -> str:
    """An identifier that never changes, whatever happens to texts and addresses."""
    return f"tag:{host()},{SINCE}:{':'.join(map(str, parts))}"
