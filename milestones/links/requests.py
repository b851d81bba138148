"""One request to one host, at exactly the network address that was found to be public.

Python's own `http.client` and not a library on top: it follows nothing, repeats nothing and reads
no proxies from the environment, and the connection can be made to a numeric address while the
certificate is compared with the name.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from threading import Event, Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils import timezone
from django.utils.encoding import iri_to_uri

from .addresses import NOT_CHECKED, LinkAnswer, Unanswered, in_words, is_public, look_up, why

PORTS = {"http": 80, "https": 443}
MOST_PLACES = 3
"""How many of a host's network addresses are tried."""


@dataclass(frozen=True)
class Limits:
    """How far a check goes. Only tests use other values, for a server of their own.

    `may_ask` judges a numeric address, `ports` are the only ones allowed; no setting changes them.
    """

    user_agent: str = "OpenGovernmentTracker"
    seconds: float = 10
    """For connecting, and for each part of the answer to come."""
    seconds_in_all: float = 30
    """For one request, so that a host that answers a byte at a time does not hold up the check."""
    redirects: int = 5
    may_ask: Callable[[str], bool] = is_public
    ports: Collection[int] = field(default_factory=lambda: frozenset(PORTS.values()))
    certificates: ssl.SSLContext | None = None


@dataclass(frozen=True)
class ResponseHead:
    """Status and headers of a response; the body is not read."""

    status: int
    location: str
    retry_after: str


def redirected(address: str, location: str) -> str:
    """Return the address that a redirect leads to. Raises Unanswered if it is not valid."""
    try:
        return urljoin(address, location)
    except ValueError:
        raise Unanswered("The address is not valid") from None


def parts_of(address: str, limits: Limits) -> SplitResult:
    """Return the parts of an address that may be requested. Raises Unanswered for any other."""
    try:
        parts = urlsplit(iri_to_uri(address))
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Unanswered("The address is not valid") from None
    if parts.scheme not in PORTS or not host:
        raise Unanswered("The address is not valid")
    if parts.username is not None or parts.password is not None:
        raise Unanswered(NOT_CHECKED + "there is a name or a password in it")
    if (port or PORTS[parts.scheme]) not in limits.ports:
        raise Unanswered(NOT_CHECKED + "only ports 80 and 443 are asked")
    return parts


def ask(method: str, parts: SplitResult, limits: Limits) -> ResponseHead:
    """Send one request and return the head of its response. Errors of the network are raised."""
    host = (parts.hostname or "").encode("idna").decode("ascii")
    port = parts.port or PORTS[parts.scheme]
    if not (places := look_up(host, port)) or not all(map(limits.may_ask, places)):
        raise Unanswered("The address leads into a private network")
    certificates = None
    if parts.scheme == "https":
        certificates = limits.certificates or ssl.create_default_context()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    *others, last = places[:MOST_PLACES]
    for place in others:
        connection = _Connection(host, port, place, certificates, limits)
        try:
            return _reply(connection, method, target, limits)
        except OSError:
            # The next one is tried only if there was no connection.
            if connection.sock is not None:
                raise
    return _reply(_Connection(host, port, last, certificates, limits), method, target, limits)


def _reply(connection: "_Connection", method: str, target: str, limits: Limits) -> ResponseHead:
    headers = {
        "User-Agent": limits.user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    with _broken_off_after(limits.seconds_in_all, connection):
        connection.connect()
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
    location = answer.headers.get("Location", "")
    return ResponseHead(
        status=answer.status,
        # Non-ASCII characters are read as browsers read them.
        location=location.encode("latin-1", "replace").decode("utf-8", "replace").strip(),
        retry_after=answer.headers.get("Retry-After", ""),
    )


class _Connection(http.client.HTTPConnection):
    """A connection for the named host that goes to the given place and nowhere else."""

    def __init__(
        self, host: str, port: int, place: str, certificates: ssl.SSLContext | None, limits: Limits
    ) -> None:
        super().__init__(host, port, timeout=limits.seconds)
        self.place, self.certificates, self.limits = place, certificates, limits
        # So that the header Host names the port only where it is an unusual one.
        self.default_port = PORTS["https" if certificates else "http"]

    def connect(self) -> None:
        """Connect to the place, and have its certificate prove that it is the host."""
        # Not `create_connection`, which would look the place up once more.
        family = socket.AF_INET6 if ":" in self.place else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(self.limits.seconds)
        try:
            plain.connect((self.place, self.port))
        except BaseException:
            plain.close()
            raise
        self.sock = plain
        if self.certificates is not None:
            self.sock = self.certificates.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


@contextmanager
def _broken_off_after(seconds: float, connection: _Connection) -> Iterator[None]:
    """Close the connection at the end, or break it off after so many seconds."""
    over = Event()

    def break_off() -> None:
        over.set()
        # Closed already, or not open yet: then its own time limit holds.
        with suppress(OSError, AttributeError, TypeError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if over.is_set():
            raise Unanswered(f"No complete answer within {seconds:.0f} seconds") from None
        raise
    finally:
        timer.cancel()
        if connection.sock is not None:
            connection.sock.close()


REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASKS_TO_WAIT = frozenset({429, 503})

Turn = Callable[[str], AbstractContextManager[None]]
"""Waits until a host may be requested again; nothing else requests it meanwhile."""


def at_once(_host: str) -> AbstractContextManager[None]:
    return nullcontext()


def check_address(address: str, limits: Limits, turn: Turn = at_once) -> LinkAnswer:
    """Nothing is raised for what servers do. Each redirect is judged like an address of its own."""
    try:
        for _number in range(limits.redirects + 1):
            reply = _ask_politely(parts_of(address, limits), limits, turn)
            if reply.status not in REDIRECTS or not reply.location:
                return _answer(reply)
            address = redirected(address, reply.location)
    except (OSError, HTTPException, UnicodeError, Unanswered) as error:
        return LinkAnswer(words=why(error, limits.seconds))
    return LinkAnswer(words=f"More than {limits.redirects} redirects", has_answered=True)


def _ask_politely(parts: SplitResult, limits: Limits, turn: Turn) -> ResponseHead:
    """Send HEAD, and GET only if that is refused."""
    host = parts.hostname or ""
    try:
        with turn(host):
            reply = ask("HEAD", parts, limits)
        if reply.status < 400 or reply.status in ASKS_TO_WAIT:
            return reply
    except (ConnectionResetError, HTTPException):
        # Some hosts close the connection on HEAD.
        pass
    with turn(host):
        return ask("GET", parts, limits)


def _answer(reply: ResponseHead) -> LinkAnswer:
    return LinkAnswer(
        words=in_words(reply.status),
        is_alive=200 <= reply.status < 300,
        has_answered=True,
        wait=_seconds(reply.retry_after) if reply.status in ASKS_TO_WAIT else None,
    )


def _seconds(retry_after: str) -> float:
    """Return how long the host asks to wait; the header is seconds, a time, or empty."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - timezone.now()).total_seconds())
    except (ValueError, TypeError):
        return 0.0
