"""Who writes to a SQLite file waits for its turn, and is not passed over."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from django.db import connection
from django.db.utils import OperationalError

from ogp_tracker import environment
from ogp_tracker.common.sqlite3.base import DatabaseWrapper
from ogp_tracker.common.sqlite3.queue import Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tracker.sqlite3"


@pytest.fixture
def connect(file):
    """Return what opens a connection to the file, as the tracker's settings describe it."""
    opened = []

    def connect(timeout=10):
        given = {**connection.settings_dict, **environment.database(f"sqlite:///{file}")}
        given["OPTIONS"] = given["OPTIONS"] | {"timeout": timeout}
        opened.append(DatabaseWrapper(given, alias=f"other-{len(opened)}"))
        opened[-1].inc_thread_sharing()
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def begin(database):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(database, how="commit"):
    getattr(database, how)()
    database.set_autocommit(True)


def test_sqlite_files_have_the_queue_and_postgresql_has_none():
    assert environment.database("sqlite:///a.sqlite3")["ENGINE"] == "ogp_tracker.common.sqlite3"
    assert "sqlite3" not in environment.database("postgresql://a:b@localhost/c")["ENGINE"]


@pytest.mark.parametrize("how", ["commit", "rollback"])
def test_second_writer_comes_when_the_first_has_finished(connect, how):
    first, second = connect(), connect()
    begin(first)
    came = threading.Event()
    waiting = threading.Thread(target=lambda: (begin(second), came.set()))
    waiting.start()

    assert not came.wait(0.2)
    end(first, how)
    assert came.wait(5)
    waiting.join()
    end(second)


def test_writer_whose_time_is_up_hears_that_nothing_was_written(connect):
    first, second = connect(), connect(timeout=0.1)
    begin(first)

    with pytest.raises(OperationalError, match="nothing was written"):
        begin(second)

    end(first)
    begin(second)
    end(second)


def test_writer_who_closes_lets_the_next_one_in(connect, file):
    first = connect()
    begin(first)
    first.close()

    assert Queue(str(file)).enter(0)


def test_writer_who_cannot_begin_lets_the_next_one_in(connect, file):
    """Somebody who does not know of the queue, such as the program sqlite3, holds the lock."""
    database = connect(timeout=0.1)
    database.ensure_connection()
    with closing(sqlite3.connect(file)) as outsider:
        outsider.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            begin(database)

    assert Queue(str(file)).enter(0)
    database.close()


def test_reader_does_not_wait(connect):
    first, second = connect(), connect(timeout=0.1)
    begin(first)

    with second.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)
    end(first)


def test_who_dies_in_its_turn_lets_the_next_one_in(file):
    child = os.fork()
    if not child:
        Queue(str(file)).enter(1)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    assert Queue(str(file)).enter(0)


def test_nobody_is_passed_over_by_one_who_comes_again_and_again(file):
    """Without the head of the queue, who has just finished would be the next once more."""
    greedy, patient = Queue(str(file)), Queue(str(file))
    stop, turns = threading.Event(), []

    def again_and_again():
        while not stop.is_set():
            greedy.enter(5)
            turns.append("greedy")
            time.sleep(0.005)
            greedy.leave()

    thread = threading.Thread(target=again_and_again)
    thread.start()
    try:
        for _ in range(10):
            assert patient.enter(5)
            turns.append("patient")
            time.sleep(0.005)
            patient.leave()
    finally:
        stop.set()
        thread.join()

    last = len(turns) - turns[::-1].index("patient")
    assert turns[:last].count("greedy") < 100


def test_database_in_memory_has_no_queue():
    given = {**connection.settings_dict, **environment.database("sqlite://:memory:")}
    database = DatabaseWrapper(given, alias="in-memory")
    begin(database)

    assert database._queue is None
    end(database)
    database.close()
