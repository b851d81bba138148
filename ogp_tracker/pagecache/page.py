"""One public page as it is kept and given out."""

import gzip
import re
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers

CACHING = "public, max-age=0, must-revalidate"
"""Anyone may keep a copy, and asks each time whether it is still current."""

ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
MAIN = '<main id="main" tabindex="-1">'
"""Where templates/base.html begins what is the page's own."""


class KeptPage(NamedTuple):
    """The answer to a GET, with the version of the public data and the date it was made under.

    Only the compressed form is kept, which nearly every reader accepts, in a fifth of the memory.
    """

    stamp: str
    headers: dict[str, str]
    compressed: bytes

    @classmethod
    def from_response(cls, response: HttpResponse, stamp: str) -> "KeptPage":
        """Take over what Django answered. The ETag is weak: all forms of the page share it."""
        response["Cache-Control"] = CACHING
        response["ETag"] = f'W/"{sha256(response.content).hexdigest()[:32]}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        del response["Content-Length"]
        compressed = gzip.compress(response.content, compresslevel=6, mtime=0)
        return cls(stamp, dict(response.items()), compressed)

    def response_to(self, request: HttpRequest) -> HttpResponseBase:
        """Or 304 if this reader has it already."""
        known = get_conditional_response(request, etag=self.headers["ETag"])
        if known is not None:
            for name in ("Cache-Control", "ETag", "Vary"):
                known[name] = self.headers[name]
            return known
        if ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
            headers = {**self.headers, "Content-Encoding": "gzip"}
            return _response(request, self.compressed, headers)
        return _response(request, gzip.decompress(self.compressed), self.headers)

    def out_of_date_response(self, request: HttpRequest, current_at: datetime) -> HttpResponse:
        """With a banner that says when it was last known to be current."""
        content = gzip.decompress(self.compressed)
        if self.headers["Content-Type"].startswith("text/html"):
            banner = render_to_string("site/out_of_date.html", {"current_at": current_at})
            content = content.replace(MAIN.encode(), (MAIN + banner).encode(), 1)
        headers = {name: value for name, value in self.headers.items() if name != "ETag"}
        headers["Cache-Control"] = "no-store"
        headers["Cache-Status"] = 'tracker; hit; detail="the database does not answer"'
        return _response(request, content, headers)


def _response(request: HttpRequest, content: bytes, headers: dict[str, str]) -> HttpResponse:
    head_only = request.method == "HEAD"
    response = HttpResponse(b"" if head_only else content, headers=headers)
    response["Content-Length"] = str(len(content))
    return response
