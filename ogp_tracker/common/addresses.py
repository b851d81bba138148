"""Whole addresses of this site, as files, mails and other sites need them."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the whole address of a page of this site."""
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    """Return the host of this site, for identifiers."""
    return settings.SITE_HOST or "localhost"
