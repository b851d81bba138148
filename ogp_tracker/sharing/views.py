"""What other sites show of a commitment, and what programs read about it and the data."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256

import orjson
from csp.constants import NONE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from commitments.models import Commitment
from ogp_tracker.opendata.freshness import Freshness
from ogp_tracker.pages import PageKind
from ogp_tracker.sharing import drawing, picture, schema
from ogp_tracker.sharing.status import status_of

SVG = "image/svg+xml"
PNG = "image/png"
JSON_LD = "application/ld+json"
HTML = "text/html; charset=utf-8"

MINUTES_KEPT = 5
"""How long a copy is shown before anybody asks whether it is still good.

Cards are on pages that are read far more often than ours.
"""


@require_safe
def card(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    """A commitment's status card, drawn as SVG."""

    def write(shown: Commitment, fresh: Freshness) -> HttpResponse:
        status = status_of(shown, fresh.on)
        answer = render(
            request,
            "sharing/card.svg",
            {"status": status, "card": drawing.draw(status)},
            content_type=SVG,
        )
        # Opened by itself, the file may use its own style sheet, known by its checksum; a browser
        # that shows it within a page does not ask.
        answer._csp_replace = {"style-src": [style_source()], "img-src": [NONE]}  # type: ignore[attr-defined]
        # A page that lets in only what agrees to it may show the picture, too.
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    return _kept(request, page, slug, "card", SVG, write)


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    """A commitment's status as a page made for a frame on any other site."""

    def write(shown: Commitment, fresh: Freshness) -> HttpResponse:
        return render(request, "sharing/embed.html", {"status": status_of(shown, fresh.on)})

    answer = _kept(request, page, slug, "embed", HTML, write)
    # This page alone may stand in a frame: it has no form and knows no account.
    answer._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
    return answer


@require_safe
def preview(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    """The picture that other sites show beside a link to a commitment."""

    def write(shown: Commitment, fresh: Freshness) -> HttpResponse:
        answer = HttpResponse(picture.status_png(status_of(shown, fresh.on)), content_type=PNG)
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    return _kept(request, page, slug, "preview", PNG, write)


@require_safe
def commitment_described(request: HttpRequest, page: PageKind, slug: str) -> HttpResponse:
    """A commitment as JSON-LD, in the terms of schema.org."""

    def write(shown: Commitment, fresh: Freshness) -> HttpResponse:
        return _json_ld(schema.of_commitment(shown))

    return _kept(request, page, slug, "described", JSON_LD, write, shape="for_page")


@require_safe
def data_described(request: HttpRequest) -> HttpResponse:
    """The public data as JSON-LD, in the terms of schema.org."""
    fresh = Freshness.of(request, JSON_LD)
    answer = fresh.not_modified(request) or fresh.mark(_json_ld(schema.of_the_data()))
    return _to_be_kept(answer)


@cache
def style_source() -> str:
    """How a policy names the style sheet inside a card: by its checksum."""
    checksum = b64encode(sha256(drawing.style().encode()).digest()).decode()
    return f"'sha256-{checksum}'"


def _kept(
    request: HttpRequest,
    page: PageKind,
    slug: str,
    what: str,
    media_type: str,
    write: Callable[[Commitment, Freshness], HttpResponse],
    *,
    shape: str = "for_card",
) -> HttpResponse:
    """What `write` makes of a public commitment, or that the reader's copy is good.

    It does not depend on what a browser asks for, so that a cache keeps it once.
    """
    fresh = Freshness.of(request, media_type)
    address = page.address(page.row_of(slug=slug), what)
    if request.path != address:
        return redirect(address, permanent=True)
    answer = fresh.not_modified(request)
    if answer is None:
        shown = get_object_or_404(getattr(Commitment.objects.public(), shape)(), slug=slug)
        answer = fresh.mark(write(shown, fresh))
    return _to_be_kept(answer)


def _to_be_kept(answer: HttpResponse) -> HttpResponse:
    for header in ("Cache-Control", "Vary"):
        del answer[header]
    patch_cache_control(answer, public=True, max_age=60 * MINUTES_KEPT)
    return answer


def _json_ld(thing: schema.Thing) -> HttpResponse:
    content = orjson.dumps(schema.as_json_ld(thing), option=orjson.OPT_INDENT_2)
    return HttpResponse(content, content_type=JSON_LD)
