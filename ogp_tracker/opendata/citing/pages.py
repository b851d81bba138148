"""The citation of a page: its title, its address and its date."""

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.opendata.citing.citation import Citation
from ogp_tracker.pages import page_of


def citation_of(request: HttpRequest, row: Model | None) -> Citation:
    """The citation of a row's page on the date that is read; None is the front page."""
    return Citation(title_of(row), absolute(page_of(row).address(row)), reference_date(request))


def title_of(row: Model | None) -> str:
    if row is None:
        return _("What the four nations promised, and what became of it")
    if isinstance(row, Milestone):
        # Its label is not clear without its commitment.
        return f"{row.commitment.slug}, {row.name}: {row.text}"
    if isinstance(row, Report) and row.is_for_comment:
        return _("%(report)s (version for public comment)") % {"report": row}
    return str(row)
