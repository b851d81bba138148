"""What `manage.py demo` needs to run on your own machine without any settings."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path

from ogp_tracker.environment import BASE_DIR, load_env_file

DEFAULT_PORT = 8000
KEY_FILE = BASE_DIR / "var" / "secret_key"


def prepare(arguments: list[str]) -> None:
    """Set the missing variables that the settings need, for the port in `arguments`."""
    load_env_file()
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port_in(arguments)}")
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept_key(KEY_FILE)


def port_in(arguments: list[str]) -> str:
    """The value of --port; the command itself checks later whether it is a port."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", nargs="?", const=str(DEFAULT_PORT), default=str(DEFAULT_PORT))
    return str(parser.parse_known_args(arguments)[0].port)


def kept_key(file: Path) -> str:
    """Kept so that people stay signed in when the demo is started again; readable by its owner."""
    if file.exists():
        return file.read_text()
    file.parent.mkdir(exist_ok=True)
    key = secrets.token_urlsafe(50)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(key)
    return key
