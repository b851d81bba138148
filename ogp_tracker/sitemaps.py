"""The sitemap: every public page, and the pages of changes."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Model, QuerySet
from django.urls import reverse

from ogp_tracker.pages import PAGES, Has, PageKind


class CanonicalSitemap(Sitemap):
    """With the scheme of SITE_URL, whatever a proxy says; the host is that of SITE_URL already."""

    @property
    def protocol(self) -> str:  # type: ignore[override]  # Django only reads it.
        return urlsplit(settings.SITE_URL).scheme


class RowPages(CanonicalSitemap):
    limit = 5000

    def __init__(self, page: PageKind, what: str = "") -> None:
        self.page, self.what = page, what

    def items(self) -> QuerySet[Any]:
        if self.page.rows is None:
            raise TypeError(f"{self.page.name} has no rows.")
        return self.page.rows().order_by("pk")

    def location(self, item: Model) -> str:
        return self.page.address(item, self.what)


class PlainPages(CanonicalSitemap):
    def items(self) -> list[str]:
        plain = [page for page in PAGES if page.rows is None]
        changes = [page.below("changes") for page in plain if Has.HISTORY in page.has]
        return [*(page.name for page in plain), *changes]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, Sitemap] = {
    "pages": PlainPages(),
    **{page.sitemap: RowPages(page) for page in PAGES if page.rows},
    **{
        f"{page.name}-changes": RowPages(page, "changes")
        for page in PAGES
        if page.rows and Has.HISTORY in page.has
    },
}
