"""What other sites show of a commitment, and descriptions for other programs."""

from base64 import b64encode
from collections.abc import Callable
from datetime import date
from functools import cache
from hashlib import sha256
from http import HTTPStatus

from csp.constants import NONE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from commitments.models import Commitment
from ogp_tracker.opendata.freshness import answer
from ogp_tracker.pages import PageKind
from ogp_tracker.sharing import drawing, picture, schema
from ogp_tracker.sharing.status import status_of

SVG = "image/svg+xml"
PNG = "image/png"
JSON_LD = "application/ld+json"
HTML = "text/html; charset=utf-8"

CACHE_MINUTES = 5
"""How long a copy is used before a browser or cache asks whether it is still good: cards are on
pages that are read far more often than ours."""


@require_safe
def card(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    def write(commitment: Commitment, on: date) -> HttpResponse:
        status = status_of(commitment, on)
        context = {"status": status, "card": drawing.draw(status)}
        response = render(request, "sharing/card.svg", context, content_type=SVG)
        # A browser that opens the file itself applies this policy, so the style sheet inside is
        # allowed by its checksum; one that shows the file within a page does not.
        response._csp_replace = {"style-src": [style_source()], "img-src": [NONE]}  # type: ignore[attr-defined]
        # Pages that require it (Cross-Origin-Embedder-Policy) can show the picture, too.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return _cached(request, page, slug, "card", SVG, write)


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    def write(commitment: Commitment, on: date) -> HttpResponse:
        return render(request, "sharing/embed.html", {"status": status_of(commitment, on)})

    response = _cached(request, page, slug, "embed", HTML, write)
    # Only this page may be framed: it has no form and uses no account.
    response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
    return response


@require_safe
def preview(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    def write(commitment: Commitment, on: date) -> HttpResponse:
        content = picture.status_png(status_of(commitment, on))
        response = HttpResponse(content, content_type=PNG)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return _cached(request, page, slug, "preview", PNG, write)


@require_safe
def commitment_described(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    def write(commitment: Commitment, on: date) -> HttpResponse:
        return _json_ld(schema.of_commitment(commitment))

    return _cached(request, page, slug, "described", JSON_LD, write, shape="for_page")


@require_safe
def data_described(request: HttpRequest) -> HttpResponse:
    return _with_cache_headers(
        answer(request, request.path, JSON_LD, lambda _on: _json_ld(schema.of_the_data()))
    )


@cache
def style_source() -> str:
    """For the content security policy of a card, which has a style sheet inside."""
    return f"'sha256-{b64encode(sha256(drawing.style().encode()).digest()).decode()}'"


def _cached(
    request: HttpRequest,
    page: PageKind,
    slug: str,
    what: str,
    media_type: str,
    write: Callable[[Commitment, date], HttpResponse],
    *,
    shape: str = "for_card",
) -> HttpResponse:
    """Or 304. It does not depend on request headers, so that a cache stores it once."""

    def read(on: date) -> HttpResponse:
        commitment = get_object_or_404(getattr(Commitment.objects.public(), shape)(), slug=slug)
        return write(commitment, on)

    address = page.address(page.row_of(slug=slug), what)
    return _with_cache_headers(answer(request, address, media_type, read))


def _with_cache_headers(response: HttpResponse) -> HttpResponse:
    if response.status_code == HTTPStatus.MOVED_PERMANENTLY:
        return response
    for header in ("Cache-Control", "Vary"):
        del response[header]
    patch_cache_control(response, public=True, max_age=60 * CACHE_MINUTES)
    return response


def _json_ld(schema_object: schema.SchemaObject) -> HttpResponse:
    return HttpResponse(schema.as_json_ld(schema_object), content_type=JSON_LD)
