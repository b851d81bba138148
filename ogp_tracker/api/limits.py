"""So many requests a minute from one address, whichever process answers them."""

import time
from functools import cache
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from math import ceil
from pathlib import Path
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

from ogp_tracker.api.counts import Counts

UNKNOWN = "unknown"


class AddressThrottle(BaseThrottle):
    """Lets API_REQUESTS_PER_MINUTE requests a minute pass from each address; 0 is no limit."""

    seconds = 0.0

    def allow_request(self, request: Any, view: Any) -> bool:
        """Count the request, and return whether it is within the limit."""
        rate = settings.API_REQUESTS_PER_MINUTE
        if rate:
            counts = counts_in(Path(settings.API_COUNTS_FILE))
            self.seconds = counts.take(number_of(address_of(request)), rate, time.time())
        return not self.seconds

    def wait(self) -> float | None:
        """Return after how many whole seconds the next request will pass."""
        return ceil(self.seconds)


@cache
def counts_in(path: Path) -> Counts:
    """Return the counts that are kept in this file; each process opens it once."""
    return Counts(path)


def address_of(request: HttpRequest) -> str:
    """Return from where a request comes, found as for the sign-in (TRUSTED_PROXY_COUNT).

    Of IPv6 the network counts, because one reader has a whole one to choose addresses from.
    """
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        # A socket of the machine itself, or a proxy other than the settings say.
        return UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or address.packed[:8].hex())


def number_of(address: str) -> bytes:
    """Return eight bytes that stand for an address, from which it cannot be told."""
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(address.encode(), key=key, digest_size=8).digest()
