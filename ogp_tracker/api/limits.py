"""So many requests a minute from one address, counted in each process by itself."""

from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle

from ogp_tracker.common.client_address import client_address


class AddressThrottle(AnonRateThrottle):
    """Lets API_REQUESTS_PER_MINUTE requests a minute pass from each address; 0 is no limit."""

    cache = caches["api_limits"]

    def get_rate(self) -> str | None:
        limit: int = settings.API_REQUESTS_PER_MINUTE
        return f"{limit}/minute" if limit else None

    def get_ident(self, request: Request) -> str:
        """A digest from which the address cannot be told, as the privacy page promises."""
        return salted_hmac("api_limits", client_address(request)).hexdigest()
