"""Commands of the tracker in a process of their own, with an environment that is all given."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Seconds after which a process is given up. A busy machine is not a fault.
PATIENCE = 600

# What a real site sets, and no more.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "SITE_URL": "https://tracker.example.org",
    "DATABASE_URL": "postgresql://tracker:secret@localhost:5432/tracker",
    "SECURITY_CONTACT": "mailto:security@example.org",
    "RUN_BY": "Open Records Society",
    "EMAIL_URL": "smtp+tls://tracker:secret@mail.example.org:587",
}


def bare_environment(**variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"ENV_FILE": os.devnull} | variables


def run_python(*arguments, **variables):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=bare_environment(**variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def manage(*arguments, **variables):
    return run_python("manage.py", *arguments, **variables)
