"""The page of the public data, every table in every format, and the package of them all."""

import time
from collections.abc import Callable, Iterator
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

from ogp_tracker.opendata import asking, package, stored, version
from ogp_tracker.opendata.formats import BY_ENDING, FORMATS
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.tables import BY_NAME, TABLES
from ogp_tracker.opendata.version import Version

LONGEST_FOR_A_PIECE = 60
"""Seconds in which a reader has to take a piece of some 64 kB: the slowest modem needed twelve."""

CACHING = "public, no-cache"
"""Whoever keeps a copy asks each time whether it is still the newest. It costs little."""


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show what the public data are, table by table, and how to take them away."""
    return render(
        request,
        "opendata/data.html",
        {
            "tables": TABLES,
            "formats": FORMATS,
            "release": Release.objects.first(),
        },
    )


@require_safe
def table(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    """Hand out one table, or the selection of it that the address asks for."""
    if name not in BY_NAME or ending not in BY_ENDING:
        raise Http404
    try:
        asked = asking.read(BY_NAME[name], request.GET)
    except asking.CannotAnswer as problem:
        return HttpResponse(
            "\n".join(problem.sentences) + "\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    one, part = BY_ENDING[ending], "" if asked.rows is None else "-selection"
    return _hand_out(
        request,
        what=(name, ending, asked.words, asked.on.isoformat(), str(asked.as_at or "now")),
        write=partial(one.written, asked.table, asked.on, asked.rows, asked.as_at),
        media_type=one.media_type,
        file_name=f"{name}{part}-{asked.on.isoformat()}.{ending}",
        keep_as=f"{name}.{ending}" if asked.is_whole else "",
    )


@require_safe
def package_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out all tables in one package, as they stand now."""
    today = timezone.localdate().isoformat()
    return _hand_out(
        request,
        what=("package", today),
        write=package.pieces,
        media_type="application/zip",
        file_name=f"open-government-tracker-{today}.zip",
        keep_as="tracker.zip",
    )


def _hand_out(
    request: HttpRequest,
    *,
    what: tuple[str, ...],
    write: Callable[[], Iterator[bytes]],
    media_type: str,
    file_name: str,
    keep_as: str,
) -> HttpResponseBase:
    """Answer with a file, or that the reader has it already.

    `what` is all that its content depends on beside the data; a new version of the tracker moves
    that of the data, too, as every `migrate` does. `write` yields the content, and `keep_as` is
    the name under which it is kept for the next reader, "" if it is not.
    """
    now = version.current()
    depends_on = (settings.SITE_URL, now.mark, *what)
    etag = quote_etag(sha256("|".join(depends_on).encode()).hexdigest()[:32])
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        is_head = request.method == "HEAD"
        content = iter(()) if is_head else _content(now, keep_as, depends_on, write)
        answer = HttpResponse() if is_head else StreamingHttpResponse(while_it_is_read(content))
        answer["Content-Type"] = media_type
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=file_name
        )
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(now.moved_at.timestamp())
    answer["Cache-Control"] = CACHING
    return answer


class SlowClient(Exception):
    """A reader kept a thread of the server waiting for too long."""


def while_it_is_read(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces; raise SlowClient once a reader has hardly taken any of one.

    Whoever takes a letter a minute would keep a thread for good. The answer then breaks off, and
    the reader's program says so, as the end of the answer is missing.
    """
    for piece in pieces:
        handed_on = time.monotonic()
        yield piece
        if time.monotonic() - handed_on > LONGEST_FOR_A_PIECE:
            raise SlowClient


def _content(
    now: Version,
    keep_as: str,
    depends_on: tuple[str, ...],
    write: Callable[[], Iterator[bytes]],
) -> Iterator[bytes]:
    """Return the content: from a file that is kept, or straight from the database."""
    if not keep_as or settings.DATA_FILES_ROOT is None:
        return write()
    root = settings.DATA_FILES_ROOT
    stored.clear_old(root, now)
    return stored.pieces_of(stored.path_of(root, now, keep_as, *depends_on), write)
