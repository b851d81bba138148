"""Full addresses of this site, as files, emails and other sites need them."""

from django.conf import settings


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    return settings.SITE_HOST or "localhost"
