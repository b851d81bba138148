"""Small answers that programs look for at fixed addresses."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ogp_tracker.common.outage import outage

# RFC 9116 asks for less than a year. Counted from the start of the day, so that all responses of
# a day are the same.
SECURITY_TXT_DAYS = 180


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    closed = (reverse("account_overview"), reverse("admin:index"))
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in closed)]
    if settings.SITE_URL:
        lines.append(f"Sitemap: {settings.SITE_URL}/sitemap.xml")
    return text(lines)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a security problem (RFC 9116); 404 while SECURITY_CONTACT is not set."""
    if not settings.SECURITY_CONTACT:
        raise Http404("SECURITY_CONTACT is not set")
    today = datetime.combine(timezone.now().astimezone(UTC).date(), time(), UTC)
    expires = today + timedelta(days=SECURITY_TXT_DAYS)
    return text(
        [
            f"Contact: {settings.SECURITY_CONTACT}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: en",
            f"Canonical: {settings.SITE_URL}{request.path}",
        ]
    )


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """For a load balancer: “ok”, or 503 “database unavailable” if the database does not respond."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        outage.notice(error, request.path)
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    outage.end()
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it by this name even if a page names another."""
    return redirect(static("img/icon.svg"))


def text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
