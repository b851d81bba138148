"""The result of requesting an address, in plain words."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus

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
