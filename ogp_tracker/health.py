"""The page at which a load balancer checks whether this process can serve readers."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ogp_tracker.common.outage import outage


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """“ok”, or 503 “database unavailable” if the database does not respond."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        outage.notice(error, request.path)
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    outage.end()
    return HttpResponse("ok\n", content_type="text/plain")
