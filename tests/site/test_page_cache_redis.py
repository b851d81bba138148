"""Several processes keep pages together in a real Redis, and go on without it when it is gone."""

import logging
import shutil
import subprocess
import time

import pytest
from django.core.cache import caches

from ogp_tracker.environment import SettingsError, read, redis_cache
from ogp_tracker.pagecache import shared
from tests.kept_pages import PretendSite, Reader
from tests.process import PATIENCE

PAGE = "/about/"


@pytest.fixture(autouse=True)
def site(monkeypatch):
    return PretendSite(monkeypatch)


@pytest.fixture
def redis(tmp_path, settings):
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server on the PATH")
    pytest.importorskip("redis")
    socket = tmp_path / "redis"
    options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path]
    server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not socket.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settings.CACHES = {**settings.CACHES, shared.NAME: redis_cache(f"unix://{socket}")}
    yield server
    server.kill()
    server.wait(PATIENCE)


def test_page_that_one_process_has_made_is_kept_for_all(redis, site, monkeypatch):
    one, other = Reader(), Reader()
    made = one.get(PAGE, HTTP_ACCEPT_ENCODING="gzip")

    got = other.get(PAGE, HTTP_ACCEPT_ENCODING="gzip")
    assert (got.is_kept, got.headers, got.content) == (True, made.headers, made.content)

    site.now, site.words = "another", "new words"
    assert other.get(PAGE).text == "new words"
    assert (one.get(PAGE).text, one.get(PAGE).is_kept) == ("new words", True)
    # Another version of the tracker takes none of them over.
    monkeypatch.setattr(shared, "tracker", lambda: "newer")
    assert not Reader().get(PAGE).is_kept


def test_what_is_no_answer_in_redis_is_made_anew(redis, monkeypatch):
    Reader().get(PAGE)
    cache = caches[shared.NAME]
    client = cache._cache.get_client()
    for name in client.scan_iter():
        client.set(name, b"nonsense")

    assert Reader().get(PAGE).status == "200 OK"


def test_process_goes_on_alone_when_redis_is_gone(redis, caplog, monkeypatch):
    caplog.set_level(logging.WARNING, shared.__name__)
    reader = Reader()
    redis.kill()
    redis.wait(PATIENCE)

    assert reader.get(PAGE).status == "200 OK"
    assert reader.get(PAGE).is_kept
    reader.get("/privacy/")
    # It is not asked again for every page.
    assert [one.getMessage() for one in caplog.records] == [
        "The shared page cache does not answer."
    ]


def test_operator_is_told_what_is_wrong_with_the_address(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "localhost:6379")
    with pytest.raises(SettingsError, match="Write redis://user:password@host:6379/0"):
        read("REDIS_URL")

    monkeypatch.setenv("REDIS_URL", "redis://localhost")
    monkeypatch.setattr("ogp_tracker.environment.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"Run `pip install -e '\.\[redis\]'`"):
        read("REDIS_URL")
