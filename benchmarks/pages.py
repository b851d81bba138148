"""How fast public pages are, against nginx with the same bytes in a file, in the same run.

    python -m benchmarks.pages [sqlite|postgresql] [--seconds 5]

Starts the tracker in gunicorn on a database of its own with the real rows, two processes of it, and
an nginx of two processes beside it, and asks both for the page of a commitment with wrk: kept, not
changed (304), and kept for a second by an nginx in front. The time of a request is given as a ratio
to nginx's. How long pages take that are made anew: `benchmarks.scale`.

wrk and nginx have to be on the PATH.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.measuring import arguments
from ogp_tracker.importing.real_data import load_real_data

ROOT = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[bytes]
PAGE = "/commitments/UK0096/"
WORKERS, CONNECTIONS = 2, 16
RATIO = 1.5
"""Wanted: at most so often nginx's time, by the tracker itself or by an nginx in front."""

NGINX = """
daemon off;
user root;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; }}
  default_type "text/html; charset=utf-8";
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  gzip_static on;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
  include {folder}/documented.conf;
}}
"""


def main() -> None:
    given = arguments("the public pages", seconds=5)
    if missing := [one for one in ("wrk", "nginx") if not shutil.which(one)]:
        sys.exit(f"Not on the PATH: {', '.join(missing)}")
    load_real_data()
    print(f"\n{given.database}, {WORKERS} processes, wrk -c{CONNECTIONS}\n")
    with tempfile.TemporaryDirectory() as name:
        kept(given.seconds, Path(name))


def kept(seconds: int, folder: Path) -> None:
    with tracker() as (port, _process):
        page = f"http://127.0.0.1:{port}{PAGE}"
        content, etag = taken(page)
        small, _etag = taken(page, "gzip")
        place = folder / "files" / PAGE.strip("/")
        place.mkdir(parents=True)
        (place / "index.html").write_bytes(content)
        (place / "index.html.gz").write_bytes(small)
        with nginx(folder, port) as (its_port, cached_port):
            file, cached = (f"http://127.0.0.1:{one}{PAGE}" for one in (its_port, cached_port))
            _content, its_etag = taken(file)
            zipped = ("Accept-Encoding: gzip",)
            for name, address, ours, its in (
                (f"kept, {len(small):,} bytes of gzip", page, zipped, zipped),
                (f"kept, {len(content):,} bytes", page, (), ()),
                ("304", page, (f"If-None-Match: {etag}",), (f"If-None-Match: {its_etag}",)),
                ("gzip, kept by an nginx in front", cached, zipped, zipped),
                ("whole, kept by an nginx in front", cached, (), ()),
            ):
                nginx_time = 1e6 / asked(file, seconds, *its)
                time_each = 1e6 / asked(address, seconds, *ours)
                print(
                    f"{name:32} {time_each:6.0f} µs, nginx {nginx_time:5.0f} µs:"
                    f" {time_each / nginx_time:5.1f} x   (limit {RATIO})"
                )


def asked(address: str, seconds: int, *headers: str) -> float:
    """How many requests a second are answered, once everything is warm."""
    given = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *given, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or "Non-2xx or 3xx" in said:
        sys.exit(said)
    return float(found[1])


def taken(address: str, encoding: str = "identity") -> tuple[bytes, str]:
    """The content at the address in this form, and its ETag."""
    with urlopen(Request(address, headers={"Accept-Encoding": encoding})) as answer:
        return answer.read(), answer.headers["ETag"]


@contextmanager
def tracker(**variables: str) -> Iterator[tuple[int, Process]]:
    port = free_port()
    place = f"127.0.0.1:{port}"
    environment = os.environ | {
        "SITE_URL": f"http://{place}",
        "WEB_CONCURRENCY": str(WORKERS),
        "LOG_LEVEL": "ERROR",
        **variables,
    }
    command = [sys.executable, "-m", "gunicorn", "ogp_tracker.wsgi", "--bind", place]
    with running(command, port, environment) as process:
        yield port, process


@contextmanager
def nginx(folder: Path, behind: int) -> Iterator[tuple[int, int]]:
    """Two free ports: one serves the folder's files, one is docs/nginx.conf before the server."""
    port, cached = free_port(), free_port()
    folder.chmod(0o755)
    text = (ROOT / "docs/nginx.conf").read_text()
    text = re.sub(r"server \{\n    listen 80;.*?\n\}", "", text, flags=re.DOTALL)
    text = re.sub(r" *ssl_certificate.*", "", text)
    for documented, here in (
        ("443 ssl", f"127.0.0.1:{cached}"),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("/srv/tracker", str(ROOT)),
        ("/var/cache/nginx/tracker", f"{folder}/cache"),
    ):
        text = text.replace(documented, here)
    (folder / "documented.conf").write_text(text)
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(workers=WORKERS, folder=folder, port=port))
    with running(["nginx", "-p", str(folder), "-c", str(settings)], port, dict(os.environ)):
        yield port, cached


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Process]:
    """Run the server until the block ends; it has begun once its port answers."""
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command[0]} does not start.")
            time.sleep(0.1)
        # All of its processes, not only the first.
        time.sleep(2)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
