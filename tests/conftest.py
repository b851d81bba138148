import os
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from hypothesis import settings as hypothesis_settings

from tests.chromium import find_chromium
from tests.environment import STRICT
from tests.once import once

# Examples are not timed: a busy machine is not a fault. In the strict run they are the same every
# time, so that it fails for a change and not by chance.
hypothesis_settings.register_profile(
    "tracker", deadline=None, derandomize=STRICT, max_examples=50 if STRICT else 25
)
hypothesis_settings.load_profile("tracker")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request, django_db_modify_db_settings, django_test_environment, django_db_blocker
):
    from django.db import connection

    from tests.ready import open_filled

    if connection.vendor != "sqlite" or not hasattr(request.config, "cache"):
        yield
        return
    with django_db_blocker.unblock():
        filled = open_filled(request.config.cache.mkdir("ready-database"))
    yield
    filled.close()


@pytest.fixture
def client():
    # Imported late: the plugins that the tests are run with read the settings first.
    from tests.signing_in import TrackerClient

    return TrackerClient()


@pytest.fixture
def researcher(client):
    from tests.factories import researcher
    from tests.signing_in import sign_in

    return sign_in(client, researcher(username="boss"))


@pytest.fixture
def served(settings):
    from tests.mail_server import MailServer

    @contextmanager
    def serve(**given):
        with MailServer(**given) as server:
            for name, value in server.settings.items():
                setattr(settings, name, value)
            yield server

    return serve


@once
def world():
    from tests.matrix_world import World

    return World()


@once
def rows_of_every_kind():
    from tests.world import make_everything

    make_everything()


@pytest.fixture(scope="session")
def empty_sqlite(django_db_setup, tmp_path_factory):
    """Return a SQLite file with all tables; a test that starts processes gives them a copy."""
    from tests.databases import make_sqlite

    path = tmp_path_factory.mktemp("empty") / "tracker.sqlite3"
    make_sqlite(path)
    return path


@pytest.fixture
def one_minute(monkeypatch):
    """Let sessions believe that the test takes no time, for one that counts queries.

    Once a minute a request writes down that its officer is there, which is a few queries more.
    """
    from ogp_tracker.accounts import idle_sessions

    now = time.time()
    monkeypatch.setattr(idle_sessions, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def without_zeal(settings):
    """Do not look for a query per row, which takes time and has tests of its own."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "zeal" not in name]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the system's Chromium; pytest-playwright would look for a download of its own."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: set CHROMIUM to the path of one")
    # Chromium's sandbox does not work for root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": sandbox}
