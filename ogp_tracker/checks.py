"""System checks: settings that can be read but must not be used, each with what to do instead.

They run before most commands, and when a WSGI server starts. Those marked `deploy` are warnings
that only `manage.py check --deploy` gives. docs/operations.md lists them all.
"""

import logging
import runpy
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.db import connection

from ogp_tracker.common.outage import DATABASE_ERRORS
from ogp_tracker.environment import BASE_DIR, LOOPBACK_HOSTS, SettingsError, env_file

logger = logging.getLogger(__name__)

TAG = "tracker"

# A working day; a session that is idle for longer has been forgotten.
LONGEST_IDLE_SECONDS = 8 * 60 * 60

# The key in `.env.example`.
EXAMPLE_SECRET_KEY = "change-me"  # noqa: S105
SHORTEST_SECRET_KEY = 50
MAKE_A_KEY = "Make one with `python -c 'import secrets; print(secrets.token_urlsafe(50))'`."

# Of PostgreSQL's connections, for commands, backups and somebody who looks at the database.
SPARE_CONNECTIONS = 10

Apps = Sequence[AppConfig] | None


def is_origin(address: str) -> bool:
    """Whether an address is scheme and host (and port), with nothing after it."""
    try:
        parts = urlsplit(address)
        # Reading the port is what finds a wrong one.
        _ = parts.port
    except ValueError:
        return False
    rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(rest)


@register(TAG)
def check_addresses(app_configs: Apps, **kwargs: object) -> Iterator[CheckMessage]:
    if not is_origin(settings.SITE_URL):
        yield Error(
            f"SITE_URL is “{settings.SITE_URL}”, which is not the address of a site.",
            hint="Set SITE_URL to the public address without a path, such as "
            "https://tracker.example.org (or http://localhost:8000 on your own machine).",
            id="ogp_tracker.E001",
        )
    elif not settings.LOCAL and not settings.SITE_URL.startswith("https://"):
        yield Error(
            f"SITE_URL is {settings.SITE_URL}, which readers would open without encryption.",
            hint="Set SITE_URL to an address that starts with https://.",
            id="ogp_tracker.E002",
        )
    if settings.DEBUG and settings.SITE_HOST not in LOOPBACK_HOSTS:
        yield Error(
            f"DEBUG is on, but SITE_URL is a public address ({settings.SITE_URL}).",
            hint="Remove DEBUG, or set SITE_URL to an address on localhost.",
            id="ogp_tracker.E004",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS allows requests for any host.",
            hint="List the hosts, or remove ALLOWED_HOSTS to allow only that of SITE_URL.",
            id="ogp_tracker.E005",
        )


@register(TAG)
def check_key_and_contact(app_configs: Apps, **kwargs: object) -> Iterator[CheckMessage]:
    key, contact = settings.SECRET_KEY, settings.SECURITY_CONTACT
    short = len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 10
    if key == EXAMPLE_SECRET_KEY or (short and not settings.LOCAL):
        is_example = key == EXAMPLE_SECRET_KEY
        problem = "the example in .env.example" if is_example else "too easy to guess"
        yield Error(f"SECRET_KEY is {problem}.", hint=MAKE_A_KEY, id="ogp_tracker.E003")
    if contact and not contact.startswith(("https://", "mailto:", "tel:")):
        yield Error(
            f"SECURITY_CONTACT is “{contact}”, which is not a contact address.",
            hint="Start it with mailto:, tel: or https://, such as mailto:security@example.org.",
            id="ogp_tracker.E006",
        )


@register(TAG, deploy=True)
def check_deployment(app_configs: Apps, **kwargs: object) -> Iterator[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Warning(
            "The database is a SQLite file.",
            hint="Set DATABASE_URL to a PostgreSQL database. Several processes and machines "
            "can share it, and it can be backed up while in use.",
            id="ogp_tracker.W001",
        )
    if not settings.SECURITY_CONTACT:
        yield Warning(
            "There is no security.txt to say where to report a security problem.",
            hint="Set SECURITY_CONTACT, such as mailto:security@example.org.",
            id="ogp_tracker.W002",
        )
    if not settings.RUN_BY:
        yield Warning(
            "Readers are not told who runs this site.",
            hint="Set RUN_BY, such as Open Records Society, and RUN_BY_LINK.",
            id="ogp_tracker.W008",
        )


@register(TAG, deploy=True)
def check_sign_in(app_configs: Apps, **kwargs: object) -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield Warning(
            "Emails are written to the log and not sent. Nobody can reset a password, and "
            "anyone who reads the log can use the reset links.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="ogp_tracker.W003",
        )
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield Warning(
            "There is a proxy in front, so all sign-ins seem to come from its address: a "
            "stranger who fails often enough locks everyone out.",
            hint="Set TRUSTED_PROXY_COUNT to the number of proxies that add to "
            "X-Forwarded-For, usually 1.",
            id="ogp_tracker.W004",
        )
    if settings.SESSION_COOKIE_AGE > LONGEST_IDLE_SECONDS:
        yield Warning(
            f"Sessions end after {settings.SESSION_COOKIE_AGE // 60} idle minutes, which is "
            "more than a working day.",
            hint="Set SESSION_REST_MINUTES to 480 or less.",
            id="ogp_tracker.W005",
        )


@register(TAG, deploy=True)
def check_machine(app_configs: Apps, **kwargs: object) -> Iterator[CheckMessage]:
    file = env_file()
    if file.is_file() and file.stat().st_mode & 0o007:
        yield Warning(
            f"Every user of this machine can read the secrets in {file.name}.",
            hint=f"Run `chmod 600 {file}`.",
            id="ogp_tracker.W006",
        )
    server = runpy.run_path(str(BASE_DIR / "gunicorn.conf.py"))
    # Each thread keeps a connection; another one writes a table's file or starts the process.
    needed, most = server["workers"] * (server["threads"] + 1), most_connections()
    if most and needed + SPARE_CONNECTIONS > most:
        yield Warning(
            f"The server can need {needed} connections to PostgreSQL, which allows {most}.",
            hint="Raise max_connections of PostgreSQL, or lower WEB_CONCURRENCY or WEB_THREADS.",
            id="ogp_tracker.W007",
        )


def most_connections() -> int | None:
    """How many PostgreSQL allows the tracker; None if that is not known, or on SQLite."""
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
            return int(cursor.fetchone()[0])
    except DATABASE_ERRORS:
        return None


def warn_without_proxy() -> None:
    if not (
        settings.LOCAL or settings.SECURE_PROXY_SSL_HEADER or settings.ALLAUTH_TRUSTED_PROXY_COUNT
    ):
        logger.warning(
            "TRUST_X_FORWARDED_PROTO and TRUSTED_PROXY_COUNT are not set. Without a proxy in front"
            " that buffers requests, such as nginx, a few that are sent slowly keep all others"
            " waiting. See docs/operations.md."
        )


def refuse_what_cannot_be_served() -> None:
    """Raise SettingsError when a server must not start: a wrong setting, or no static files."""
    errors = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if errors:
        raise SettingsError(" ".join(f"{error.msg} {error.hint}" for error in errors))
    # Without the list of fingerprinted names every page would be an error (500).
    read_manifest = getattr(staticfiles_storage, "read_manifest", None)
    if read_manifest is not None and read_manifest() is None:
        raise SettingsError("Static files are missing. Run `python manage.py collectstatic`.")
