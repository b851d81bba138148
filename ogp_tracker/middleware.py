"""Which hosts are answered, and the headers of every response."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.log import log_response

from ogp_tracker.api import problems

# Nothing here needs the reader's camera, location or payments, nor may a page opened from here.
PERMISSIONS_POLICY = (
    "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(),"
    " usb=()"
)


class HostMiddleware:
    """Refuses a foreign host or port; for what follows, readers ask the host of SITE_URL.

    So the first reader of a page that is kept, here or by a proxy, gives no address in it.
    A load balancer asks for the health page by whatever address it has, and on your own machine any
    port will do, because ports are forwarded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        site = urlsplit(settings.SITE_URL)
        self.host = site.netloc
        self.ports = {None, site.port or (443 if site.scheme == "https" else 80)}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_HOST") != self.host:
            is_health = request.path_info == reverse("healthz")
            if not is_health and not self.is_ours(request):
                return refused(request)
            # The origin of a form is compared with the host that it was sent to.
            if is_health or request.method in {"GET", "HEAD"}:
                request.META["HTTP_HOST"] = self.host
        return self.get_response(request)

    def is_ours(self, request: HttpRequest) -> bool:
        try:
            host = request.get_host()
            return settings.LOCAL or urlsplit(f"//{host}").port in self.ports
        except (DisallowedHost, ValueError):
            return False


def refused(request: HttpRequest) -> HttpResponse:
    sentence = f"This site is at {settings.SITE_URL}"
    answer = problems.for_api("bad-request", sentence, lambda _: HttpResponseBadRequest(sentence))
    response = answer(request)
    response["Cache-Control"] = "no-store"
    host = request.META.get("HTTP_HOST", "")
    log_response("Refused a request for “%s”", host[:200], response=response, request=request)
    return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The policy of the settings; the admin, whose widgets need it, may also use inline *style*."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(reverse("admin:index")):
            update: dict[str, Any] = dict(parts.update or {})
            update["style-src"] = [*update.get("style-src", []), UNSAFE_INLINE]
            parts.update = update
        return parts


def default_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.status_code >= 400:
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware
