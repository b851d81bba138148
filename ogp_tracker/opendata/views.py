"""The pages of the public data and its releases, and their files in every format."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ogp_tracker.opendata import data_files, package, releases
from ogp_tracker.opendata.as_at import end_of, first_day, past_date, too_early
from ogp_tracker.opendata.formats import BY_ENDING, FORMATS
from ogp_tracker.opendata.freshness import Freshness
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.table import Table, TableRows
from ogp_tracker.opendata.tables import BY_NAME, TABLES

AS_AT = "as_at"
IGNORED = {"page"}
"""Parameters of the page that lists the rows, which select none of them."""


@dataclass(frozen=True)
class TableRequest:
    table: Table
    on: date
    as_at: datetime | None = None
    """Just before this time; None is now."""
    rows: TableRows | None = None
    """The selection; None is every row."""


def read_request(table: Table, query: QueryDict) -> TableRequest:
    """Raises ValidationError; each of its messages says what to change."""
    known = {AS_AT} | (set(table.filters.base_filters) if table.filters else set())
    chosen = QueryDict(mutable=True)
    for name, given in query.lists():
        if name not in IGNORED and (values := [value for value in given if value]):
            chosen.setlist(name, values)
    if unknown := sorted(set(chosen) - known):
        raise ValidationError([_unknown(name, known) for name in unknown])
    on, as_at = _dates(" or ".join(dict.fromkeys(chosen.pop(AS_AT, []))))
    return TableRequest(table, on, as_at, _selection(table, chosen, on) if chosen else None)


def _unknown(name: str, known: set[str]) -> str:
    return _("“%(name)s” is not a parameter of this table. Use %(known)s.") % {
        "name": name[:60],
        "known": get_text_list(sorted(known), _("or")),
    }


def _dates(text: str) -> tuple[date, datetime | None]:
    """The date for which the table is read, and its end if one was asked for."""
    if not text:
        return timezone.localdate(), None
    on = past_date(text)
    if (first := first_day()) is None or on < first:
        raise ValidationError(too_early(text, first))
    return on, end_of(on)


def _selection(table: Table, chosen: QueryDict, on: date) -> TableRows:
    if table.filters is None or table.rows is None:
        raise TypeError(f"The table {table.name} has no filters.")
    filters = table.filters(chosen, table.rows(on))
    if not filters.form.is_valid():
        raise ValidationError(
            [
                f"“{name}”: {' '.join(map(str, problems))}"
                for name, problems in filters.form.errors.items()
            ]
        )
    return filters.qs


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
        wanted = read_request(BY_NAME[name], request.GET)
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


FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    return render(request, "opendata/releases.html", {"releases": Release.objects.all()})


@require_safe
def release(request: HttpRequest, number: str) -> HttpResponse:
    shown = get_object_or_404(Release, number=number)
    tables = [
        {"table": BY_NAME.get(name), "name": name, "rows": rows, "changes": shown.changes.get(name)}
        for name, rows in shown.rows.items()
    ]
    before = Release.objects.filter(made_at__lt=shown.made_at).first()
    return render(
        request,
        "opendata/release.html",
        {
            "release": shown,
            "before": before,
            "tables": tables,
            "file_name": releases.file_name(shown),
        },
    )


@require_safe
def release_file(request: HttpRequest, number: str) -> HttpResponseBase:
    shown = get_object_or_404(Release, number=number)
    etag = quote_etag(shown.sha256)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        path = releases.release_path(shown)
        if not path.exists():
            raise Http404
        response = FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=releases.file_name(shown),
            content_type="application/zip",
        )
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER
    return response
