"""Fifty take a table at once from a real gunicorn; who stops reading or sending stops nobody."""

import http.client
import socket
import sys
import threading
import time
from hashlib import sha256
from subprocess import Popen
from urllib.request import urlopen

import pytest

from tests.databases import copied
from tests.environment import ENVIRONMENT
from tests.mail_server import free_port
from tests.process import PATIENCE, ROOT, bare_environment, run_python

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.own_database]

TABLE = "/data/assessments.csv"
READERS, STALLED, THREADS, SECONDS = 50, 10, 4, 2

MAKE_TEN_MEGABYTES = """
import django
django.setup()
from datetime import date
from commitments.models import Commitment
from irm.models import Assessment, Report
report = Report.objects.create(slug="r", kind="results_report", title="R", stage="final")
for number in range(50):
    commitment = Commitment.objects.create(
        slug=f"UK{number}", title="A promise", published_on=date(2020, 1, 1)
    )
    Assessment.objects.create(
        report=report, commitment=commitment, analysis=f"{number} words. " * 20_000,
        published_on=date(2020, 1, 1), is_recorded=True,
    )
"""


@pytest.fixture(scope="module")
def site(empty_sqlite, tmp_path_factory):
    """Start the tracker as a real site does, in one process of few threads; give its port, too."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "its_settings.py").write_text(
        "from pathlib import Path\n"
        "from ogp_tracker.settings import *\n"
        "DATA_FILES_ROOT = Path(__file__).parent / 'data'\n"
    )
    variables = ENVIRONMENT | {
        "DATABASE_URL": copied(empty_sqlite, folder / "tracker.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "its_settings",
        "PYTHONPATH": f"{folder}:{ROOT}",
    }
    made = run_python("-c", MAKE_TEN_MEGABYTES, **variables)
    assert made.returncode == 0, made.stderr
    port = free_port()
    command = ("-m", "gunicorn", "ogp_tracker.wsgi", "--bind", f"127.0.0.1:{port}")
    process = Popen(
        [sys.executable, *command, "--log-level", "critical"],
        cwd=ROOT,
        env=bare_environment(
            **variables, WEB_CONCURRENCY="1", WEB_THREADS=str(THREADS), READER_SECONDS=str(SECONDS)
        ),
    )
    try:
        wait_until_it_answers(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_it_answers(port):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return taken(port, "/healthz")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def taken(port, address):
    with urlopen(f"http://localhost:{port}{address}", timeout=PATIENCE) as answer:
        return answer.read()


def stalled(port):
    """Ask for the table, and take nothing of it; some of it fits between the two."""
    reader = socket.socket()
    reader.settimeout(PATIENCE)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {TABLE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return reader


def read_from(reader):
    """Read the answer to its end, which the reader's program knows it by."""
    answer = http.client.HTTPResponse(reader)
    answer.begin()
    return answer.read()


def silent(port):
    sender = socket.create_connection(("127.0.0.1", port), PATIENCE)
    head = "POST /follow/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nemail="
    sender.sendall(head.encode())
    return sender


def memory(process):
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    with open(children) as file:
        worker = file.read().split()[0]
    with open(f"/proc/{worker}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_fifty_readers_get_the_table_though_ten_stop_reading(site):
    port, process = site
    whole = sha256(taken(port, TABLE)).hexdigest()
    before, got = memory(process), []

    def read():
        got.append(sha256(taken(port, TABLE)).hexdigest())

    idle = [stalled(port) for _reader in range(STALLED)]
    readers = [threading.Thread(target=read) for _reader in range(READERS - STALLED)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(PATIENCE)

    assert got == [whole] * (READERS - STALLED)
    assert taken(port, "/healthz") == b"ok\n"
    # The table has some 10 MB, and no reader one of his own in the server's memory.
    assert memory(process) - before < 20
    for reader in idle:
        # What is let go of is no table that looks whole.
        with reader, pytest.raises((http.client.HTTPException, OSError)):
            read_from(reader)


def test_who_stops_sending_is_let_go(site):
    port, _process = site
    senders = [silent(port) for _sender in range(2 * THREADS)]

    assert taken(port, "/healthz") == b"ok\n"
    for sender in senders:
        sender.close()
