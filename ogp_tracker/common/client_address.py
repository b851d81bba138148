"""From where a request comes, for limits."""

from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

UNKNOWN = "unknown"


def client_address(request: HttpRequest | Request) -> str:
    """Found as for the sign-in (TRUSTED_PROXY_COUNT).

    Of IPv6 the network, because one reader has a whole one to choose addresses from.
    """
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        # A socket of the machine itself, or a proxy other than the settings say.
        return UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or address.packed[:8].hex())
