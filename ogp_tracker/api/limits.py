"""So many requests a minute from one address, counted in each process by itself."""

from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle

UNKNOWN = "unknown"


class AddressThrottle(AnonRateThrottle):
    """Lets API_REQUESTS_PER_MINUTE requests a minute pass from each address; 0 is no limit."""

    cache = caches["api_limits"]

    def get_rate(self) -> str | None:
        """Return the limit in the words of REST framework; None is no limit."""
        limit: int = settings.API_REQUESTS_PER_MINUTE
        return f"{limit}/minute" if limit else None

    def get_ident(self, request: Request) -> str:
        """Return what stands for the address, from which it cannot be told: the privacy page."""
        return salted_hmac("api_limits", address_of(request)).hexdigest()


def address_of(request: HttpRequest | Request) -> str:
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
