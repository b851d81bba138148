"""Where on the network a host is, and whether it may be requested."""

import socket
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

# All that is given out to public hosts of IPv6; outside lie local networks, and the forms that
# carry an address of IPv4 in them (mapped, compatible, NAT64).
PUBLIC_IPV6 = IPv6Network("2000::/3")

# Forms that lead on to an address of IPv4, and blocks for documents, which not every version of
# Python knows. The rest of IANA's special addresses `is_global` knows.
NEVER = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/32"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)


def is_public(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.version == 6 and (found.scope_id or found not in PUBLIC_IPV6):
        return False
    in_a_form = any(found in block for block in NEVER if block.version == found.version)
    return found.is_global and not found.is_multicast and not in_a_form


def look_up(host: str, port: int) -> list[str]:
    """The best address first. Raises socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_kind, place in found))


def host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
