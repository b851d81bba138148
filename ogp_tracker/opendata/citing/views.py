"""Citations as files, for reference managers."""

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.reference_date import reference_date
from ogp_tracker.opendata.citing.citation import Citation, bibtex, ris
from ogp_tracker.pages import PageKind, page_of

FILES = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}


@require_safe
def cite(request: HttpRequest, page: PageKind, ending: str, **parts: str | int) -> HttpResponse:
    """How to cite a page, as at today or as at the date that the address asks for."""
    past = getattr(request, "past", None)
    if past and past.problem:
        return HttpResponse(
            f"{past.problem}\n", status=400, content_type="text/plain; charset=utf-8"
        )
    row = page.row_of(**parts)
    address = page.address(row, f"cite_{ending}")
    if request.path != address:
        return redirect(address, permanent=True)
    cited = citation_of(request, row)
    write, media_type = FILES[ending]
    response = HttpResponse(write(cited), content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{cited.key}.{ending}"
    )
    return response


def citation_of(request: HttpRequest, row: Model | None) -> Citation:
    """The citation of a row's page on the date that is read; None is the front page."""
    return Citation(title_of(row), absolute(page_of(row).address(row)), reference_date(request))


def title_of(row: Model | None) -> str:
    if row is None:
        return _("What the four nations promised, and what became of it")
    if isinstance(row, Milestone):
        # Its label is not clear without its commitment.
        return f"{row}: {row.text}"
    if isinstance(row, Report) and row.is_for_comment:
        return _("%(report)s (version for public comment)") % {"report": row}
    return str(row)
