"""The one table of environment variables, and the readers that turn text into typed values.

A value that cannot be read stops the start with a sentence (`SettingsError`). A value that can be
read but is unwise, or disagrees with another, is the business of `ogp_tracker/checks.py`.
"""

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from milestones.evidence_files.kinds import KINDS

BASE_DIR = Path(__file__).resolve().parent.parent

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
ENGINES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ImproperlyConfigured):
    """A setting that cannot be used; its text says which one and what to do."""


def yes_no(text: str) -> bool:
    """A typing slip is an error, so that it cannot turn anything off."""
    word = text.strip().lower()
    if word in {"yes", "true", "on", "1"}:
        return True
    if word in {"no", "false", "off", "0"}:
        return False
    raise ValueError(f"“{text}” is neither yes nor no. Write yes or no.")


def whole_number(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(f"“{text}” is not a whole number. Write digits only, such as 3600.")
    return int(text)


def names(text: str) -> list[str]:
    """With commas between them; spaces around them do not count."""
    return [name.strip() for name in text.split(",") if name.strip()]


def kinds_of_file(text: str) -> list[str]:
    kinds = [name.lower() for name in names(text)]
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise ValueError(f"“{text}” is not a list of kinds. Write some of {','.join(KINDS)}.")
    return kinds


def positive_number(text: str) -> int:
    if not (number := whole_number(text)):
        raise ValueError(f"“{text}” is too small. Write 1 or more.")
    return number


def log_level(text: str) -> str:
    level = text.strip().upper()
    if level not in LOG_LEVELS:
        raise ValueError(f"“{text}” is not a level. Write one of {', '.join(LOG_LEVELS)}.")
    return level


def origin(text: str) -> str:
    """A slash at its end is dropped; the checks judge the rest."""
    return text.strip().rstrip("/")


def database(text: str) -> dict[str, Any]:
    if environ.Env.DB_SCHEMES.get(text.partition(":")[0]) not in ENGINES:
        raise ValueError(f"only SQLite and PostgreSQL are supported. {DATABASE_HELP}")
    try:
        settings: dict[str, Any] = environ.Env.db_url_config(text)
    except ValueError as error:
        raise ValueError(f"no database has this address ({error}). {DATABASE_HELP}") from None
    # To open a SQLite file and tell it how to work takes 2 ms, twenty times as long as a kept page.
    settings.setdefault("CONN_MAX_AGE", 60)
    if settings["ENGINE"].endswith("sqlite3"):
        return with_sqlite_options(settings)
    settings.setdefault("CONN_HEALTH_CHECKS", True)
    return with_postgresql_options(settings)


def with_postgresql_options(settings: dict[str, Any]) -> dict[str, Any]:
    """What suits the tracker's queries; what the address says wins."""
    given = settings.get("OPTIONS", {})
    settings["OPTIONS"] = {
        # Seconds after which readers see that the database does not answer.
        "connect_timeout": 5,
        # The same for a connection that is already open, in milliseconds.
        "tcp_user_timeout": 5000,
        **given,
        # PostgreSQL compiles a query that it expects to be long, for much longer than ours then
        # take: without that the front page of 50,000 milestones takes 0.7 s instead of 1.9.
        # With the 4 MB that are usual it sorts 50,000 milestones on disk to count them by group:
        # 153 ms for the queries of the front page instead of 101.
        "options": f"-c jit=off -c work_mem=16MB {given.get('options', '')}".strip(),
    }
    return settings


DATABASE_HELP = (
    "Write sqlite:///path/to/tracker.sqlite3 or postgresql://user:password@host:5432/name, with "
    "special characters of the password in per cent form (%40 for @)."
)


def with_sqlite_options(settings: dict[str, Any]) -> dict[str, Any]:
    """What makes SQLite safe for many readers; a path without / counts from the project."""
    # Django's own SQLite, except that its writers ask for the lock more often.
    settings["ENGINE"] = "ogp_tracker.common.sqlite3"
    if settings["NAME"] != ":memory:":
        settings["NAME"] = BASE_DIR / settings["NAME"]
    settings["OPTIONS"] = {
        # A transaction that will write asks for the lock at once instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    } | settings.get("OPTIONS", {})
    return settings


def email_address(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise ValueError(f"“{text}” is not an email address. Write name@example.org.") from None
    return text.strip()


def email(text: str) -> dict[str, Any]:
    """Where email goes, such as smtp+tls://user:password@host:587."""
    try:
        settings: dict[str, Any] = environ.Env.email_url_config(text)
    except (ImproperlyConfigured, ValueError):
        raise ValueError(
            "it is not the address of a mail server. Write smtp+tls://user:password@host:587, or "
            "consolemail:// to write emails to the log."
        ) from None
    return {name: value for name, value in settings.items() if value is not None}


# Type and default of every variable; `.env.example` explains each of them, and a test compares the
# two. A default of None means that the value follows from the others (see settings.py).
variables = environ.Env(
    SECRET_KEY=(str, None),
    SITE_URL=(origin, None),
    DEBUG=(yes_no, False),
    ALLOWED_HOSTS=(names, None),
    DATABASE_URL=(database, None),
    TRUST_X_FORWARDED_PROTO=(yes_no, False),
    TRUSTED_PROXY_COUNT=(whole_number, 0),
    SECURE_SSL_REDIRECT=(yes_no, None),
    SECURE_HSTS_SECONDS=(whole_number, None),
    SECURE_HSTS_INCLUDE_SUBDOMAINS=(yes_no, True),
    SECURE_HSTS_PRELOAD=(yes_no, True),
    SESSION_REST_MINUTES=(positive_number, 60),
    TWO_STEP_FOR_REPORTERS=(yes_no, True),
    SECURITY_CONTACT=(str, None),
    CONTACT_EMAIL=(email_address, None),
    RUN_BY=(str, None),
    RUN_BY_LINK=(str, None),
    EMAIL_URL=(email, None),
    DEFAULT_FROM_EMAIL=(str, None),
    EVIDENCE_KINDS=(kinds_of_file, list(KINDS)),
    EVIDENCE_MAX_MEGABYTES=(positive_number, 20),
    IMPORT_MAX_MEGABYTES=(positive_number, 5),
    REMINDER_ESCALATE_AFTER_DAYS=(whole_number, 14),
    API_REQUESTS_PER_MINUTE=(whole_number, 300),
    PAGE_CACHE_PAGES=(whole_number, 2000),
    LOG_LEVEL=(log_level, "INFO"),
)


def env_file() -> Path:
    """`.env` beside manage.py, or the file that ENV_FILE names."""
    return Path(os.environ.get("ENV_FILE") or BASE_DIR / ".env")


def load_env_file() -> None:
    """What is already set wins."""
    environ.Env.read_env(env_file())


def read(name: str) -> Any:
    """Raises SettingsError if the value is wrong."""
    # django-environ takes a value that begins with $ for the name of another variable.
    if os.environ.get(name, "").startswith("$"):
        raise SettingsError(f"{name} must not begin with $. Choose a value that does not.")
    try:
        return variables(name)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from None
