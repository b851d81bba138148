"""The page of the public data, every table in every format, and the package of all tables."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ogp_tracker.opendata import asking, data_files, package
from ogp_tracker.opendata.formats import BY_ENDING, FORMATS
from ogp_tracker.opendata.freshness import Freshness
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.tables import BY_NAME, TABLES

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
    except ValidationError as error:
        return HttpResponse(
            "\n".join(error.messages) + "\n", status=400, content_type="text/plain; charset=utf-8"
        )
    file_format, is_selection = BY_ENDING[ending], wanted.rows is not None
    part = "-selection" if is_selection else ""
    return _file_response(
        request,
        write=partial(file_format.content, wanted.table, wanted.on, wanted.rows, wanted.as_at),
        media_type=file_format.media_type,
        file_name=f"{name}{part}-{wanted.on.isoformat()}.{ending}",
        save_as="" if is_selection or wanted.as_at else f"{name}.{ending}",
    )


@require_safe
def package_file(request: HttpRequest) -> HttpResponseBase:
    today = timezone.localdate().isoformat()
    return _file_response(
        request,
        write=package.pieces,
        media_type="application/zip",
        file_name=f"open-government-tracker-{today}.zip",
        save_as="tracker.zip",
    )


def _file_response(
    request: HttpRequest,
    *,
    write: Callable[[], Iterator[bytes]],
    media_type: str,
    file_name: str,
    save_as: str,
) -> HttpResponseBase:
    """The file, or status 304 if the reader already has it.

    `write` yields the content, and `save_as` is the name under which it is saved for the next
    reader, "" if it is not.
    """
    freshness = Freshness.for_request(request, media_type)
    if (unchanged := freshness.not_modified(request)) is not None:
        return unchanged
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=media_type)
    else:
        pieces = cut_off_slow_clients(_content(freshness, save_as, write))
        response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name
    )
    return freshness.set_headers(response)


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
    freshness: Freshness, save_as: str, write: Callable[[], Iterator[bytes]]
) -> Iterator[bytes]:
    """What is saved depends on nothing but the data, the date and the address of this site."""
    root, now = settings.DATA_FILES_ROOT, freshness.version
    if not save_as or root is None:
        return write()
    with suppress(OSError):
        data_files.clear_old(root, now)
    depends_on = (settings.SITE_URL, freshness.on.isoformat())
    return data_files.pieces_of(data_files.path_of(root, now, save_as, *depends_on), write)
