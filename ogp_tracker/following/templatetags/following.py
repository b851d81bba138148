"""Template tags with the ways to follow a page."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ogp_tracker.following.feeds import title_of
from ogp_tracker.following.targets import SITE, Target

register = template.Library()
register.simple_tag(Target, name="target_of")


@register.inclusion_tag("following/follow.html")
def follow(row: Model | None = None) -> dict[str, Any]:
    target = Target(row or None)
    query = "" if target.row is None else "?" + urlencode({"what": target.spelt}, safe=":")
    return {"target": target, "page": f"{reverse('follow')}{query}"}


@register.simple_tag
def feed_link(row: Model | None = None) -> SafeString:
    """For browsers and feed readers: the feed of the whole site, and that of the row."""
    targets = [*([Target(row)] if row else []), SITE]
    return format_html_join(
        "",
        '<link rel="alternate" type="application/atom+xml" href="{}" title="{}">',
        ((target.feed, title_of(target)) for target in targets),
    )


@register.simple_tag
def name_of_target(target: Target | None) -> str:
    """Also where what is followed is not public any more."""
    return target.name if target else _("Something that is no longer on this site")
