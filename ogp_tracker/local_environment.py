"""What `manage.py demo` needs to run on one's own machine without any settings."""

import os
import secrets
from pathlib import Path

from ogp_tracker.environment import BASE_DIR, load_env_file

DEFAULT_PORT = 8000
KEY_FILE = BASE_DIR / "var" / "secret_key"


def prepare(arguments: list[str]) -> None:
    """Fill in what the settings need, for the port in `arguments`; given variables stay."""
    load_env_file()
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port_in(arguments)}")
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept_key(KEY_FILE)


def port_in(arguments: list[str]) -> str:
    """Find the value of --port; the command itself judges later whether it is one."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--port="):
            return argument.removeprefix("--port=")
        if argument == "--port":
            return "".join(arguments[place + 1 : place + 2]) or str(DEFAULT_PORT)
    return str(DEFAULT_PORT)


def kept_key(file: Path) -> str:
    """Give the key kept in `file`; if there is none, make one that only its owner can read.

    Kept, so that whoever is signed in stays signed in when the demo is started again.
    """
    if file.exists():
        return file.read_text()
    file.parent.mkdir(exist_ok=True)
    key = secrets.token_urlsafe(50)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(key)
    return key
