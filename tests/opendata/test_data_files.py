"""Whole tables are kept as files: written once, followed while they grow, thrown away with time."""

import threading
import time
from contextlib import suppress
from errno import ENOSPC

import pytest
from django.utils import timezone

from ogp_tracker.opendata import data_files, views
from ogp_tracker.opendata.version import DataVersion

NOW = DataVersion("version", timezone.now())


@pytest.fixture
def path(tmp_path):
    return data_files.path_of(tmp_path, NOW, "assessments.csv", "a", "b")


def test_second_reader_gets_the_file_of_the_first(path):
    written = []

    def write():
        written.append(1)
        yield from (b"one", b"two")

    assert b"".join(data_files.pieces_of(path, write)) == b"onetwo"
    assert b"".join(data_files.pieces_of(path, write)) == b"onetwo"
    assert (len(written), path.read_bytes()) == (1, b"onetwo")


def test_fifty_at_once_have_it_written_once(path):
    written, got = [], []

    def write():
        written.append(1)
        for number in range(20):
            time.sleep(0.005)
            yield b"%02d" % number

    def read():
        got.append(b"".join(data_files.pieces_of(path, write)))

    readers = [threading.Thread(target=read) for _number in range(50)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20)

    assert got == [b"".join(b"%02d" % number for number in range(20))] * 50
    assert len(written) == 1


def test_reader_gets_the_first_piece_before_the_last_is_written(path):
    go_on = threading.Event()

    def write():
        yield b"first"
        go_on.wait(20)
        yield b"last"

    pieces = data_files.pieces_of(path, write)
    first = next(pieces)
    go_on.set()

    assert first == b"first"
    assert b"".join(pieces) == b"last"


def test_reader_who_breaks_off_stops_nobody_else(path):
    def write():
        for _number in range(10):
            time.sleep(0.01)
            yield b"x"

    hasty, patient = (data_files.pieces_of(path, write) for _reader in "12")
    next(hasty)
    hasty.close()

    assert b"".join(patient) == b"x" * 10


def test_half_a_file_is_never_taken_for_a_whole_one(path, monkeypatch, caplog):
    monkeypatch.setattr(data_files, "PATIENCE", 0)

    def fails():
        yield b"half"
        raise ValueError("the database went away")

    with pytest.raises(data_files.IncompleteFile):
        list(data_files.pieces_of(path, fails))

    assert "could not be written" in caplog.text
    assert b"".join(data_files.pieces_of(path, lambda: iter([b"whole"]))) == b"whole"


@pytest.mark.parametrize("fault", ["folder", "disk", "disk_in_the_middle"])
def test_table_comes_from_the_database_while_the_folder_takes_no_files(path, monkeypatch, fault):
    monkeypatch.setattr(data_files, "PATIENCE", 0)
    if fault == "folder":
        path.parent.write_bytes(b"in its place")
    asked = []

    def write():
        asked.append(threading.current_thread())
        if fault == "disk_in_the_middle" and len(asked) == 1:
            yield b"first"
        if threading.current_thread() is not threading.main_thread():
            raise OSError(ENOSPC, "No space left on device")
        yield b"whole"

    with suppress(data_files.IncompleteFile):
        list(data_files.pieces_of(path, write))
    for _reader in range(2):
        assert b"".join(data_files.pieces_of(path, write)) == b"whole"
    assert not path.exists()
    assert fault == "folder" or path.with_suffix(".csv.part").stat().st_size == 0


def test_what_is_left_of_a_process_that_died_is_written_anew(path):
    path.parent.mkdir(parents=True)
    path.with_suffix(".csv.part").write_bytes(b"what it had come to")

    assert b"".join(data_files.pieces_of(path, lambda: iter([b"whole"]))) == b"whole"


def test_files_of_old_versions_go(tmp_path):
    for number in range(6):
        version = DataVersion(f"version-{number}", timezone.now())
        file = data_files.path_of(tmp_path, version, "nations.csv")
        list(data_files.pieces_of(file, lambda: iter([b"x"])))
        time.sleep(0.01)

    data_files.clear_old(tmp_path, DataVersion("version-0", timezone.now()))

    left = sorted(one.name for one in tmp_path.iterdir())
    assert left == ["version-0", "version-3", "version-4", "version-5"]


def test_answer_breaks_off_for_who_hardly_reads(monkeypatch):
    monkeypatch.setattr(views, "LONGEST_FOR_A_PIECE", 0.01)
    pieces = views.cut_off_slow_clients(iter([b"one", b"two", b"three"]))

    assert next(pieces) + next(pieces) == b"onetwo"
    time.sleep(0.02)
    with pytest.raises(views.SlowClient):
        next(pieces)
