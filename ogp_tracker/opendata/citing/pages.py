"""Which pages can be cited, and under which title."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.opendata.citing.citation import Citation

FRONT = "front"

ROWS = {
    "nation": lambda: Nation.objects.public(),
    "plan": lambda: ActionPlan.objects.public(),
    "institution": lambda: Institution.objects.public(),
    "commitment": lambda: Commitment.objects.public(),
    "milestone": lambda: Milestone.objects.public().select_related("commitment"),
    "report": lambda: Report.objects.public(),
}
"""The public rows of each kind of page, by the name of its address."""

CITATIONS = {f"cite_{name}" for name in (FRONT, *ROWS)}


def row_of(name: str, given: dict[str, Any]) -> Any:
    """Return the row of a page by what stands in its address; None for the front page.

    Raises Http404 if there is none that readers may see.
    """
    if name == FRONT:
        return None
    by = {"slug": "commitment__slug"} if name == "milestone" else {}
    return get_object_or_404(ROWS[name](), **{by.get(key, key): one for key, one in given.items()})


def citation_of(request: HttpRequest, row: Any) -> Citation:
    """Return the citation of a row's page, of the day that is read; None is the front page."""
    if row is None:
        title = _("What the four nations promised, and what became of it")
        return Citation(title, absolute(reverse("front")), reference_date(request))
    page = absolute(row.get_absolute_url())
    return Citation(title_of(row), page, reference_date(request))


def title_of(row: Any) -> str:
    """Return what a citation calls a row: a milestone needs its commitment beside it."""
    if isinstance(row, Milestone):
        return f"{row.commitment.slug}, {row.label}: {row.text}"
    if isinstance(row, Report) and row.is_for_comment:
        return _("%(report)s (version for public comment)") % {"report": row}
    return str(row)
