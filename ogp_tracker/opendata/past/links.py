"""Links of a past version: to pages with past versions they keep the date, others are marked."""

import re
from datetime import date
from functools import partial

from django.urls import Resolver404, resolve

from ogp_tracker.opendata.past.asked import AS_AT, WITH_DATES

LINK = re.compile(r"<a\s[^>]*>")
HREF = re.compile(r'\shref="(?P<path>/(?!/)[^"?#]*)(?P<query>\?[^"#]*)?(?P<place>#[^"]*)?"')

AS_IT_STANDS = "data-as-it-stands"
"""The attribute of a link that is not to be touched, such as the way back to today."""

TO_TODAY = ' data-to-today aria-describedby="to-today"'
"""What marks a link that leads to a page of today; `past/banner.html` has the words."""

NEVER_CHANGE = {"evidence_file"}


def with_day(html: str, day: date) -> str:
    """The page with links that stay in the past where they can, and say so where they cannot.

    Done on the finished page, so that no link of any template can be forgotten. Our templates write
    no ">" in the value of an attribute.
    """
    return LINK.sub(partial(_kept, day=day, kinds={}), html)


def _kept(link: re.Match[str], day: date, kinds: dict[str, str]) -> str:
    tag = link[0]
    found = HREF.search(tag)
    if found is None or AS_IT_STANDS in tag:
        return tag
    path = found["path"]
    name = kinds[path] if path in kinds else kinds.setdefault(path, _name_of(path))
    if name in NEVER_CHANGE:
        return tag
    if name not in WITH_DATES:
        return f"<a{TO_TODAY}{tag[2:]}" if "aria-describedby" not in tag else tag
    query = f"{found['query']}&amp;" if found["query"] else "?"
    address = f' href="{path}{query}{AS_AT}={day.isoformat()}{found["place"] or ""}"'
    return tag[: found.start()] + address + tag[found.end() :]


def _name_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
