"""Where on the network a host is, whether it may be requested, and what it answered."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address

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


NOT_CHECKED = "Not checked: "
"""The beginning of a result that says nothing about the address."""


@dataclass(frozen=True)
class LinkAnswer:
    words: str
    is_alive: bool = False
    has_answered: bool = False
    """Whether any server answered, so that this machine is known to be connected."""
    wait: float | None = None
    """How many seconds the host asks to wait."""


class Unanswered(Exception):
    """No answer; the text says why in plain words."""


def in_words(status: int) -> str:
    """With its usual name; never the server's own words."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def why(error: Exception, seconds: float) -> str:
    if isinstance(error, Unanswered):
        return str(error)
    if isinstance(error, TimeoutError):
        return f"No answer within {seconds:.0f} seconds"
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, "Certificate not valid"),
        (ssl.SSLError, "No secure connection"),
        (socket.gaierror, "The name could not be found"),
        (UnicodeError, "The name could not be found"),
        (ConnectionRefusedError, "The connection was refused"),
        (http.client.HTTPException, "The answer could not be understood"),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), "The connection broke")
