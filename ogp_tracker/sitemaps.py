"""The site map: every public page of its own."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.opendata.models import Release


class OwnAddress(Sitemap):
    """Addresses under SITE_URL, like the canonical ones, whatever a proxy passes on."""

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the scheme of SITE_URL, or of the request if it is not set."""
        return urlsplit(settings.SITE_URL).scheme or super().get_protocol(protocol)

    def get_domain(self, site: Any = None) -> str:
        """Return the host of SITE_URL, or of the request if it is not set."""
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)


class PublicRows(OwnAddress):
    """The public rows of one model; each has a page."""

    limit = 5000

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    def items(self) -> QuerySet[Any]:
        """Return the rows in a fixed order."""
        return self.rows.order_by("pk")


class Pages(OwnAddress):
    """The pages that belong to no row."""

    def items(self) -> list[str]:
        """Return the names of their addresses."""
        return [
            "front",
            "nations",
            "plans",
            "commitments",
            "institutions",
            "assessments",
            "late",
            "disagreements",
            "changes",
            "follow",
            "data",
            "data_releases",
            "search",
            "about",
            "accessibility",
            "privacy",
            "api_docs",
        ]

    def location(self, item: str) -> str:
        """Return the address of a named page."""
        return reverse(item)


class Repositories(PublicRows):
    """The page of each plan that answers OGP's requirement."""

    def location(self, item: ActionPlan) -> str:
        """Return the address of the page of a plan."""
        return reverse("repository", args=[item.slug])


class ChangesOf(PublicRows):
    """The pages of what changed of the public rows."""

    def location(self, item: Any) -> str:
        """Return the address below that of the row."""
        return f"{item.get_absolute_url()}changes/"


SITEMAPS: dict[str, Sitemap] = {
    "pages": Pages(),
    "nations": PublicRows(Nation.objects.public()),
    "plans": PublicRows(ActionPlan.objects.public()),
    "repositories": Repositories(ActionPlan.objects.public()),
    "institutions": PublicRows(Institution.objects.public()),
    "commitments": PublicRows(Commitment.objects.public()),
    "milestones": PublicRows(Milestone.objects.public().select_related("commitment")),
    "nation-changes": ChangesOf(Nation.objects.public()),
    "plan-changes": ChangesOf(ActionPlan.objects.public()),
    "institution-changes": ChangesOf(Institution.objects.public()),
    "commitment-changes": ChangesOf(Commitment.objects.public()),
    "milestone-changes": ChangesOf(Milestone.objects.public().select_related("commitment")),
    "reports": PublicRows(Report.objects.public()),
    "releases": PublicRows(Release.objects.all()),
}
