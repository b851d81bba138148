"""What every public page may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def site(request: HttpRequest) -> dict[str, Any]:
    """Return today's date at the site, and the page's one permanent address."""
    return {
        "today": timezone.localdate(),
        "canonical_url": f"{settings.SITE_URL}{request.path}",
    }
