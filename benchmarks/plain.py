"""Settings, address and page of the least that a page of Django can be, to compare ours with.

Four queries by the ORM and a few words: no session, no template. Served with
`DJANGO_SETTINGS_MODULE=benchmarks.plain` by the same server on the same database.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from ogp_tracker.settings import *  # noqa: F403

ROOT_URLCONF = __name__
# Without this one the signing in refuses to start; on this page it does next to nothing.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Say of a commitment what four queries give."""
    from commitments.models import Commitment

    commitment = Commitment.objects.select_related("plan").get(slug=slug)
    found = commitment.assessments.select_related("report")
    rows = (commitment.nations.all(), commitment.milestones.all(), found)
    lines = [str(row) for some in rows for row in some]
    return HttpResponse("\n".join([str(commitment), *lines]), content_type="text/plain")


urlpatterns = [path("commitments/<slug:slug>/", page)]
