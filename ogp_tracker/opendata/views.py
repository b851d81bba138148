"""The page of the public data, every table in every format, and the package of all tables."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag
from django.views.decorators.http import require_safe

from ogp_tracker.opendata import asking, data_files, package, version
from ogp_tracker.opendata.formats import BY_ENDING, FORMATS
from ogp_tracker.opendata.freshness import CACHING
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.tables import BY_NAME, TABLES
from ogp_tracker.opendata.version import DataVersion

LONGEST_FOR_A_PIECE = 60
"""Seconds in which a reader has to take a piece of about 64 kB: the slowest modem needed twelve."""


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "opendata/data.html",
        {"tables": TABLES, "formats": FORMATS, "release": Release.objects.first()},
    )


@require_safe
def table(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    if name not in BY_NAME or ending not in BY_ENDING:
        raise Http404
    try:
        wanted = asking.read(BY_NAME[name], request.GET)
    except asking.InvalidTableRequest as error:
        return HttpResponse(
            "\n".join(error.sentences) + "\n", status=400, content_type="text/plain; charset=utf-8"
        )
    file_format, part = BY_ENDING[ending], "" if wanted.rows is None else "-selection"
    return _file_response(
        request,
        depends_on=(name, ending, wanted.query, wanted.on.isoformat(), str(wanted.as_at or "now")),
        write=partial(file_format.content, wanted.table, wanted.on, wanted.rows, wanted.as_at),
        media_type=file_format.media_type,
        file_name=f"{name}{part}-{wanted.on.isoformat()}.{ending}",
        save_as=f"{name}.{ending}" if wanted.is_whole else "",
    )


@require_safe
def package_file(request: HttpRequest) -> HttpResponseBase:
    today = timezone.localdate().isoformat()
    return _file_response(
        request,
        depends_on=("package", today),
        write=package.pieces,
        media_type="application/zip",
        file_name=f"open-government-tracker-{today}.zip",
        save_as="tracker.zip",
    )


def _file_response(
    request: HttpRequest,
    *,
    depends_on: tuple[str, ...],
    write: Callable[[], Iterator[bytes]],
    media_type: str,
    file_name: str,
    save_as: str,
) -> HttpResponseBase:
    """The file, or status 304 if the reader already has it.

    `depends_on` is everything that its content depends on besides the data; a new release of the
    tracker changes the version of the data, too, as every `migrate` does. `write` yields the
    content, and `save_as` is the name under which it is saved for the next reader, "" if it is not.
    """
    now = version.current()
    depends_on = (settings.SITE_URL, now.version, *depends_on)
    etag = quote_etag(sha256("|".join(depends_on).encode()).hexdigest()[:32])
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        if request.method == "HEAD":
            response = HttpResponse()
        else:
            content = _content(now, save_as, depends_on, write)
            response = StreamingHttpResponse(cut_off_slow_clients(content))
        response["Content-Type"] = media_type
        response["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=file_name
        )
    response["ETag"] = etag
    response["Last-Modified"] = http_date(now.moved_at.timestamp())
    response["Cache-Control"] = CACHING
    return response


class SlowClient(Exception):
    """A reader kept a thread of the server waiting for too long."""


def cut_off_slow_clients(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Raises SlowClient if the reader takes too long for one of the pieces.

    A client that takes a letter a minute would hold a thread for ever. The response then breaks
    off, and the reader's program reports it, because the end of the response is missing.
    """
    for piece in pieces:
        sent_at = time.monotonic()
        yield piece
        if time.monotonic() - sent_at > LONGEST_FOR_A_PIECE:
            raise SlowClient


def _content(
    now: DataVersion,
    save_as: str,
    depends_on: tuple[str, ...],
    write: Callable[[], Iterator[bytes]],
) -> Iterator[bytes]:
    if not save_as or settings.DATA_FILES_ROOT is None:
        return write()
    root = settings.DATA_FILES_ROOT
    with suppress(OSError):
        data_files.clear_old(root, now)
    return data_files.pieces_of(data_files.path_of(root, now, save_as, *depends_on), write)
