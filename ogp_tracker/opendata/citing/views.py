"""Citations as files, for reference managers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ogp_tracker.opendata.citing.citation import bibtex, ris
from ogp_tracker.opendata.citing.pages import citation_of, row_of

FILES = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}


@require_safe
def cite(request: HttpRequest, name: str, ending: str, **given: Any) -> HttpResponse:
    """Hand out how to cite a page, as of today or of the day that the address asks for."""
    past = getattr(request, "past", None)
    if past and past.problem:
        return HttpResponse(
            f"{past.problem}\n", status=400, content_type="text/plain; charset=utf-8"
        )
    cited = citation_of(request, row_of(name, given))
    write, media_type = FILES[ending]
    answer = HttpResponse(write(cited), content_type=f"{media_type}; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{cited.key}.{ending}"
    )
    return answer
