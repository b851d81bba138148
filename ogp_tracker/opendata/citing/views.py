"""Citations as files, for reference managers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ogp_tracker.opendata.citing.citation import bibtex, ris
from ogp_tracker.opendata.citing.pages import citation_of
from ogp_tracker.pages import PageKind

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
