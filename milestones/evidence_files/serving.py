"""Handing out files: always to be saved, never to be run or shown inside the site."""

import logging

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from .stored import StoredFile

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def answer_with(request: HttpRequest, file: StoredFile, *, caching: str) -> HttpResponseBase:
    """A browser that has it already gets 304. Raises Http404, logged, if the file is missing."""
    etag = quote_etag(file.sha256)
    if (known := get_conditional_response(request, etag=etag)) is not None:
        answer: HttpResponseBase = known
    elif request.method == "HEAD":
        answer = HttpResponse(content_type=file.media_type)
    else:
        answer = FileResponse(_open(file), content_type=file.media_type)
    if known is None:
        answer["Content-Length"] = str(file.size)
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=file.name
        )
    for name, value in HEADERS.items():
        answer[name] = value
    answer["ETag"] = etag
    answer["Cache-Control"] = caching
    return answer


def _open(file: StoredFile) -> object:
    try:
        return default_storage.open(file.path)
    except OSError as error:
        log.error("A file of evidence cannot be read: %s (%s)", file.path, error)
        raise Http404 from error
