"""Which web addresses are taken as they are typed, refused, or warned of; asks no network."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SAFELINKS = "safelinks.protection.outlook.com"

# Addresses behind which mail programs hide the one that was sent; each says who received it.
WRAPPERS = (
    SAFELINKS,
    "statics.teams.cdn.office.net",
    "urldefense.com",
    "urldefense.proofpoint.com",
    "linkprotect.cudasvc.com",
    "secure-web.cisco.com",
    "protection.sophos.com",
    "mimecast.com",
    "mimecastprotect.com",
    "protect.checkpoint.com",
    "protect.fireeye.com",
)

# Without an @ before it: https://mastodon.scot/@name@example.org is somebody's public page.
# Nor is logo@2x.png, a picture for fine screens, or name@1.2.3.zip, a version of a program.
MAILBOX = re.compile(
    r"(?<![\w.+@-])[\w.+-]+@(?!\dx\.(?:png|jpe?g|gif|webp)\b|(?:\d+\.){2})"
    r"(?:[\w-]+\.)+[^\W\d]{2,}"
)

# Proofpoint and others keep the address in the path, the first between two marks.
IN_THE_PATH = re.compile(r"/__(https?:/.+?)__;|/(https?://.+)\Z")
# The older Proofpoint writes - for % and _ for /.
OLD_PROOFPOINT = str.maketrans("-_", "%/")

OFFICE_NAMES = ("intranet", "sharepoint", "extranet", "localhost")
OFFICE_ENDINGS = (
    *(".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa", ".localhost"),
    *(".sharepoint.com", ".sharepoint.us", ".sharepoint.cn"),
)
MOST_WRAPPINGS = 5


def without_invisible(text: str) -> str:
    """Cc and Cf are control characters, among them those that hide or turn text."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf"})


def check_visible(text: str) -> None:
    """Refuse a name with a letter that nobody sees, or that turns the direction of writing."""
    if without_invisible(text) != text:
        sentence = _(
            "There is an invisible character in this name. It often comes with words that were"
            " copied: type the name again."
        )
        raise ValidationError(sentence, code="invisible")


def clean_address(address: str) -> str:
    """Return the address without invisible characters, or raise ValidationError.

    An address that carries a mailbox is refused with the address behind it, if there is one.
    """
    address = without_invisible(address).strip()
    if _carries_mailbox(address):
        sentence = _(
            "This address can carry somebody's email address, a name or a password, which readers"
            " would see. Open it, and enter the address of the page that appears, without them."
        )
        if behind := _unwrapped(address):
            sentence = _(
                "This address can carry the email address of the person who copied it, which"
                " readers would see. Enter this address instead: %(address)s"
            )
        raise ValidationError(sentence, code="mailbox", params={"address": behind})
    host = host_of(address)
    if host and host != "localhost" and "." not in host and ":" not in host:
        sentence = _(
            "Only your office can open an address like this. Enter one with a full host name,"
            " like https://www.gov.scot/."
        )
        raise ValidationError(sentence, code="office")
    return address


def warning_of(address: str) -> str:
    """Return what to say about an address that perhaps only an office can open, else nothing."""
    if not _is_of_an_office(host_of(address)):
        return ""
    return _(
        "Readers outside your office may not be able to open %(address)s. Open it in a private"
        " window, without signing in. If it does not open, use a public address or a file."
    ) % {"address": address}


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _carries_mailbox(address: str) -> bool:
    decoded = _decoded(address)
    try:
        has_a_name = "@" in urlsplit(address).netloc
    except ValueError:
        return False
    return (
        has_a_name
        or f".{host_of(address)}".endswith(tuple(f".{wrapper}" for wrapper in WRAPPERS))
        or SAFELINKS in decoded.lower()
        or bool(MAILBOX.search(decoded))
    )


def _decoded(address: str) -> str:
    """An address in an address in an address is encoded as often."""
    for _time in range(MOST_WRAPPINGS):
        address = unquote(address)
    return without_invisible(address)


def _unwrapped(address: str) -> str:
    """Return the address behind this one that carries nobody's mailbox, or an empty text."""
    for _time in range(MOST_WRAPPINGS):
        if not (address := _next_inside(address)) or not _carries_mailbox(address):
            break
    else:
        return ""
    return address if host_of(address) else ""


def _next_inside(address: str) -> str:
    parts = urlsplit(address)
    given = [value for _name, value in parse_qsl(parts.query)]
    if parts.hostname == "urldefense.proofpoint.com":
        given += [unquote(value.translate(OLD_PROOFPOINT)) for value in given]
    for value in given:
        if value.startswith(("https://", "http://")):
            return without_invisible(value)
    found = IN_THE_PATH.search(unquote(address).partition("://")[2])
    return without_invisible(found[1] or found[2]) if found else ""


def _is_of_an_office(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.partition(".")[0] in OFFICE_NAMES or host.endswith(OFFICE_ENDINGS)
