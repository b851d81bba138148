"""`manage.py demo`: one command sets up everything, and running it again loses nothing."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from commitments.models import Commitment, Institution, Membership
from commitments.rights import rights_of
from tests.factories import today
from tests.mail_server import free_port
from tests.process import PATIENCE, ROOT, bare_environment

pytestmark = pytest.mark.slow

ROLES = [role.value for role in Membership.Role]


def demo(*arguments):
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def port():
    return free_port()


@pytest.mark.django_db
def test_second_run_loads_nothing_and_keeps_what_was_edited():
    first = demo("--no-serve")
    loaded = Commitment.objects.count()
    Commitment.objects.filter(pk=Commitment.objects.first().pk).update(title="Edited since")
    Institution.objects.create(slug="added", name="Added since", kind=Institution.Kind.GROUP)

    second = demo("--no-serve")

    assert f"Loaded {loaded} commitments" in first
    assert {*Commitment.objects.values_list("published_on", flat=True)} == {today()}
    assert "Nothing was loaded" in second
    assert Commitment.objects.count() == loaded
    assert Commitment.objects.filter(title="Edited since").exists()
    assert Institution.objects.filter(slug="added").exists()


@pytest.mark.django_db
def test_accounts_are_one_for_each_role_with_its_rights_and_their_passwords_work(client):
    printed = demo("--no-serve", "--with-accounts")

    passwords = dict(re.findall(r"^  (example-\S+)\s+(\S+)", printed, re.MULTILINE))
    assert list(passwords) == [f"example-{role.replace('_', '-')}" for role in ROLES]
    assert sorted(Membership.objects.values_list("role", flat=True)) == sorted(ROLES)
    assert "set up two-step verification" in printed
    for name, password in passwords.items():
        client.logout()
        sent = client.post("/accounts/login/", {"login": name, "password": password})
        assert sent.headers["Location"] == "/admin/"
        entered = client.get("/admin/")
        assert entered.headers["Location"] == "/accounts/second-factor/?next=/admin/"
        user = User.objects.get(username=name)
        assert (user.is_staff, user.is_superuser) == (False, False)
        assert not user.get_all_permissions()
        assert rights_of(user).may_enter


@pytest.mark.django_db
def test_account_without_its_institution_is_not_made_and_named():
    demo("--no-serve")
    Institution.objects.filter(slug="ogp-scotland-network").update(slug="renamed")

    printed = demo("--no-serve", "--with-accounts")

    assert "example-civil-society-lead was not created" in printed
    assert User.objects.filter(username__startswith="example-").count() == len(ROLES) - 1


def test_taken_port_is_named_with_a_way_out_before_anything_happens(port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        # Without the database: a touch of it would be an error of its own.
        with pytest.raises(CommandError, match=rf"Port {port} cannot be used .* --port {port + 1}"):
            demo("--port", str(port))


def test_demo_refuses_to_serve_a_public_site(settings):
    settings.LOCAL = False
    settings.SITE_URL = "https://tracker.example.org"

    with pytest.raises(CommandError, match="The demo only runs on your own machine"):
        demo("--no-serve")


@pytest.mark.own_database
def test_stranger_starts_the_demo_reads_a_page_and_stops_it(tmp_path, port):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=ROOT,
        env=bare_environment(DATABASE_URL=f"sqlite:///{tmp_path}/tracker.sqlite3"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        page = fetch_when_up(f"http://127.0.0.1:{port}/", process)
        style = fetch_when_up(f"http://127.0.0.1:{port}/static/admin/css/base.css", process)
        missing = fetch_when_up(f"http://127.0.0.1:{port}/not-there/", process)
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE)

    assert [page[0], style[0], missing[0]] == [200, 200, 404]
    # A stranger sees the site's own page, not the insides of an error.
    assert "DEBUG" not in missing[1]
    assert f"The tracker is at http://127.0.0.1:{port}/" in said
    assert "Stopped. Your data is kept" in said
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "GET" not in said
    assert "Warning" not in said


def fetch_when_up(address, process):
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.1)
