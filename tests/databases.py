"""Databases for other processes, with all tables, copied from that of the suite."""

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.db import connection

from tests.environment import ENVIRONMENT
from tests.process import manage, run_python


def copied(file, path):
    shutil.copy(file, path)
    return f"sqlite:///{path}"


def filled(file, path, script):
    """Copy a SQLite file to the path and have the script write rows; return the new address."""
    address = copied(file, path)
    variables = ENVIRONMENT | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "ogp_tracker.settings",
    }
    done = run_python("-c", f"import django; django.setup()\n{script}", **variables)
    assert done.returncode == 0, done.stderr
    return address


def make_sqlite(path):
    if connection.vendor == "sqlite":
        # SQLite would wait for the end of the transaction: for ever.
        assert not connection.in_atomic_block
        with closing(sqlite3.connect(path)) as file:
            connection.connection.backup(file)
            # The one table with rows that Django does not empty between two tests.
            file.execute("DELETE FROM shared_cache")
            file.commit()
    else:
        made = manage("migrate", **ENVIRONMENT | {"DATABASE_URL": f"sqlite:///{path}"})
        assert made.returncode == 0, made.stderr


@contextmanager
def new_postgresql(template=None):
    """Make a database beside the suite's as a copy of it, or of `template`; drop it at the end."""
    server, name = os.environ["DATABASE_URL"], f"crowd_{uuid4().hex}"
    if template is None:
        # What somebody is connected to cannot be copied.
        connection.close()
        template = connection.settings_dict["NAME"]
    with psycopg.connect(server, autocommit=True) as control:
        control.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            control.execute(f"DROP DATABASE {name} WITH (FORCE)")
