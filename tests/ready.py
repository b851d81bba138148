"""A ready database in a file: test runs in memory begin with a copy of it, not with migrations.

Django still asks for migrations after it has been copied, and puts the triggers right; it finds
nothing to do, or what is new. So only a migration that was edited could make the copy stale: the
file is named after the content of all of them.
"""

import fcntl
import sqlite3
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

MEMORY = "file:memorydb_default?mode=memory&cache=shared"
"""Where Django has its test database on SQLite: the process that opens it first makes it."""


def open_filled(folder):
    """Fill the database in memory from a file in the folder, which is made if it is not there.

    Returns the connection that keeps it until Django has one of its own.
    """
    file = folder / f"{name_of_all_migrations()}.sqlite3"
    with only_one(folder / "lock"):
        if not file.exists():
            for old in folder.glob("*.sqlite3"):
                old.unlink()
            make(file)
    memory = sqlite3.connect(MEMORY, uri=True)
    with closing(sqlite3.connect(file)) as ready:
        ready.backup(memory)
    return memory


def make(file):
    """Apply all migrations to an empty database, and keep it in the file."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    before = setup_databases(verbosity=0, interactive=False)
    with closing(sqlite3.connect(part)) as copy:
        connection.connection.backup(copy)
    teardown_databases(before, verbosity=0)
    part.replace(file)


def name_of_all_migrations():
    """Name what they make, other people's among them, on this SQLite."""
    digest = sha256(sqlite3.sqlite_version.encode())
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label} {file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


@contextmanager
def only_one(path):
    """Let the processes of a run in one after the other; who dies inside lets the next one in."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
