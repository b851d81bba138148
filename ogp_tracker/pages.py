"""Every public page of this site, once: its address, its rows, and what belongs to it.

Addresses, changes, feeds, calendars, citations, past versions, cards, caching and the sitemap,
which has every page, are read from here; what each of them does is in its own package. To add a
page, see CONTRIBUTING.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import cached_property, reduce
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.common.visibility import ALWAYS


class ReleaseNumber(StringConverter):
    """The number of a release in an address, such as 2026.1."""

    regex = r"\d{4}\.\d{1,6}"


register_converter(ReleaseNumber, "release")


class Has(Flag):
    """What a page may have."""

    HISTORY = auto()
    """A page of changes below it (`ogp_tracker.history`)."""
    FEED = auto()
    """A feed of its changes, and alerts by email (`ogp_tracker.following`); needs HISTORY."""
    CALENDAR = auto()
    """A calendar of the due dates that belong to it (`ogp_tracker.following`)."""
    CITING = auto()
    """Citations as files below it (`ogp_tracker.opendata.citing`); needs AS_AT."""
    AS_AT = auto()
    """Past versions, by `?as_at=` (`ogp_tracker.opendata.past`)."""
    FIRST_SHOWN = auto()
    """Its view says since when readers see the row, so that `past` need not ask for it."""
    SEARCH = auto()
    """Rows that can be found by their words (`ogp_tracker.search.sources`)."""
    SHARING = auto()
    """A card, a frame and a picture for other sites (`ogp_tracker.sharing`)."""


NOTHING = Has(0)
FOLLOWED = Has.HISTORY | Has.FEED | Has.CALENDAR
CITED = Has.CITING | Has.AS_AT


@dataclass(frozen=True, eq=False)
class PageKind:
    """A public page, or the pages of all rows of a model."""

    name: str
    """The name of its address. What is below it has this name in front (`below`)."""
    route: str
    rows: Callable[[], QuerySet[Any]] | None = None
    """The rows that readers see, with what their names and addresses are made of."""
    has: Has = NOTHING
    fields: Mapping[str, str] = field(default_factory=dict)
    """The path to the field of a part of the address, where it is not called like the part."""
    plural: str = ""
    """What the section of the sitemap is called, if not like the page with an s."""
    is_cached: bool = True
    """Whether it, and the page of its changes, may be kept and given to every reader."""

    @cached_property
    def model(self) -> type[Model] | None:
        return self.rows().model if self.rows else None

    @property
    def has_drafts(self) -> bool:
        return getattr(self.model, "public_if", ALWAYS) != ALWAYS

    @cached_property
    def parts(self) -> dict[str, str]:
        """The parts of the address that name a row, and the paths to their fields."""
        return {part: self.fields.get(part, part) for part in re.findall(r":(\w+)>", self.route)}

    @property
    def sitemap(self) -> str:
        """The section of the sitemap that lists it: /sitemap-<section>.xml."""
        return (self.plural or f"{self.name}s") if self.rows else "pages"

    @property
    def section(self) -> str:
        """The name of the list that the page belongs to; "" if there is none."""
        name = self.route.partition("/")[0]
        return name if name in PAGE else ""

    def below(self, what: str) -> str:
        """The name of an address below this page; below the front page it is `what` alone."""
        return what if self.name == "front" else f"{self.name}_{what}"

    def parts_of(self, row: Model | None) -> dict[str, Any]:
        if row is None:
            return {}
        return {part: reduce(getattr, path.split("__"), row) for part, path in self.parts.items()}

    def address(self, row: Model | None = None, what: str = "") -> str:
        return reverse(self.below(what) if what else self.name, kwargs=self.parts_of(row))

    def row_of(self, **parts: str | int) -> Model | None:
        """In capitals or not; None for a page without rows.

        The caller redirects to `address` if it was asked for in other letters. Raises Http404.
        """
        if self.rows is None:
            return None
        wanted = {self.parts[part]: value for part, value in parts.items()}
        as_typed = self.rows().filter(**wanted)
        # Asked second, since a search in any case cannot use the index of every slug.
        in_any_case = self.rows().filter(
            **{
                f"{path}__iexact" if isinstance(value, str) else path: value
                for path, value in wanted.items()
            }
        )
        row: Model | None = as_typed.first() or in_any_case.first()
        if row is None:
            raise Http404
        return row


PAGES = (
    PageKind("front", "", has=FOLLOWED | CITED),
    PageKind("nations", "nations/", has=Has.AS_AT),
    PageKind(
        "nation", "nations/<slug:code>/", Nation.objects.public, FOLLOWED | CITED | Has.SEARCH
    ),
    PageKind("plans", "plans/", has=Has.AS_AT),
    PageKind(
        "plan", "plans/<slug:slug>/", ActionPlan.objects.public, FOLLOWED | CITED | Has.SEARCH
    ),
    PageKind(
        "repository",
        "plans/<slug:slug>/repository/",
        ActionPlan.objects.public,
        plural="repositories",
    ),
    PageKind("institutions", "institutions/", has=Has.AS_AT),
    PageKind(
        "institution",
        "institutions/<slug:slug>/",
        Institution.objects.public,
        FOLLOWED | CITED | Has.FIRST_SHOWN | Has.SEARCH,
    ),
    PageKind("commitments", "commitments/"),
    PageKind(
        "commitment",
        "commitments/<slug:slug>/",
        Commitment.objects.public,
        FOLLOWED | CITED | Has.FIRST_SHOWN | Has.SEARCH | Has.SHARING,
    ),
    PageKind(
        "milestone",
        "commitments/<slug:slug>/milestones/<int:number>/",
        lambda: Milestone.objects.public().select_related("commitment"),
        FOLLOWED | CITED | Has.SEARCH,
        fields={"slug": "commitment__slug"},
    ),
    PageKind("overdue", "overdue/"),
    PageKind("assessments", "assessments/"),
    PageKind("report", "reports/<slug:slug>/", Report.objects.public, CITED | Has.SEARCH),
    PageKind("disagreements", "disagreements/"),
    PageKind("follow", "follow/"),
    PageKind("mistake", "mistake/"),
    PageKind("search", "search/"),
    PageKind("data", "data/"),
    PageKind("data_releases", "data/releases/"),
    PageKind(
        "data_release",
        "data/releases/<release:number>/",
        # The only rows that are kept above this registry.
        lambda: apps.get_model("opendata", "Release")._default_manager.all(),
        plural="releases",
    ),
    PageKind("api_docs", "api/v1/docs/", is_cached=False),
    PageKind("about", "about/"),
    PageKind("accessibility", "accessibility/"),
    PageKind("privacy", "privacy/"),
)
"""All public pages, in reading order."""

PAGE = {page.name: page for page in PAGES}
FRONT = PAGE["front"]


def pages_with(what: Has) -> list[PageKind]:
    return [page for page in PAGES if what in page.has]


def page_of(row: Model | None) -> PageKind:
    """A row's own page, which comes before other pages of the same rows; None is the front.

    Raises StopIteration for a row without a page.
    """
    return next(page for page in PAGES if row is None or page.model is type(row))


def cached_names() -> set[str]:
    cached = [page for page in PAGES if page.is_cached]
    changes = {page.below("changes") for page in cached if Has.HISTORY in page.has}
    return {"opensearch", "sitemap", "sitemap_section", *(page.name for page in cached), *changes}
