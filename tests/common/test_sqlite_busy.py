"""Two who write to one SQLite file: the second waits, and hears in words when it was too long."""

import threading

import pytest
from django.db import connection
from django.db.utils import OperationalError

from ogp_tracker import environment
from ogp_tracker.common.sqlite3.base import DatabaseWrapper

pytestmark = [pytest.mark.django_db, pytest.mark.own_database]


@pytest.fixture
def connect(tmp_path):
    opened = []

    def connect(timeout=10):
        file = environment.database(f"sqlite:///{tmp_path / 'tracker.sqlite3'}")
        given = {**connection.settings_dict, **file}
        given["OPTIONS"] = given["OPTIONS"] | {"timeout": timeout}
        opened.append(DatabaseWrapper(given, alias=f"other-{len(opened)}"))
        opened[-1].inc_thread_sharing()
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def begin(database):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def commit(database):
    database.commit()
    database.set_autocommit(True)


def first_cell(database, sql):
    with database.cursor() as cursor:
        return cursor.execute(sql).fetchone()[0]


def test_second_writer_waits_and_writes(connect):
    first, second = connect(), connect()
    begin(first)
    first.cursor().execute("CREATE TABLE words (word)")
    done = threading.Event()

    def write():
        begin(second)
        second.cursor().execute("INSERT INTO words VALUES ('second')")
        commit(second)
        done.set()

    waiting = threading.Thread(target=write)
    waiting.start()
    assert not done.wait(0.2)
    commit(first)
    assert done.wait(5)
    waiting.join()

    assert first_cell(first, "SELECT word FROM words") == "second"


def test_writer_who_waited_too_long_hears_that_nothing_was_written(connect):
    first, second = connect(), connect(timeout=0.1)
    begin(first)

    with pytest.raises(OperationalError, match="nothing was written"):
        begin(second)
    assert first_cell(second, "SELECT 1") == 1, "who only reads does not wait"

    commit(first)
    begin(second)
    commit(second)
    # A statement outside a transaction is left to SQLite's own waiting.
    assert first_cell(second, "PRAGMA busy_timeout") == 100


def test_other_faults_are_not_waited_for(connect):
    database = connect()
    begin(database)

    with pytest.raises(OperationalError, match="within a transaction"):
        database._start_transaction_under_autocommit()
    database.rollback()
