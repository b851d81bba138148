"""The settings: what is read from the environment, and that the defaults are the safe ones."""

import os
import re
import runpy
import stat
from unittest import mock

import pytest

from ogp_tracker import environment, local_environment
from ogp_tracker.environment import SettingsError
from tests.process import PRODUCTION, ROOT, bare_environment, manage, run_python


def assert_settings(expected, **variables):
    """Read the settings with these variables alone, and compare those that are expected."""
    with mock.patch.dict(os.environ, bare_environment(**variables), clear=True):
        values = runpy.run_path(ROOT / "ogp_tracker" / "settings.py")
    assert {name: values[name] for name in expected} == expected


# The table and its description -------------------------------------------------------------------


def test_operator_finds_every_variable_in_the_example_and_no_other():
    example = (ROOT / ".env.example").read_text()

    assert re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE) == list(
        environment.variables.scheme
    )


def test_operator_finds_the_true_defaults_in_the_example():
    example = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", example, re.MULTILINE))
    for name, (reader, default) in environment.variables.scheme.items():
        if default is not None:
            assert reader(shown[name]) == default, name


# Safe defaults -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_site_without_a_secret_key_does_not_start():
    result = manage("check", SITE_URL="https://tracker.example.org")

    assert result.returncode == 1
    assert "SECRET_KEY is not set. Make one with" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_operator_of_a_real_site_hears_no_complaint():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_public_site_is_safe_without_being_told():
    assert_settings(
        {
            "DEBUG": False,
            "ALLOWED_HOSTS": ["tracker.example.org", "www.tracker.example.org"],
            "CSRF_COOKIE_SECURE": True,
            "CSRF_TRUSTED_ORIGINS": ["https://tracker.example.org"],
            "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
            "SECURE_HSTS_PRELOAD": True,
            "SECURE_HSTS_SECONDS": 31536000,
            "SECURE_PROXY_SSL_HEADER": None,
            "SECURE_SSL_REDIRECT": True,
            "SESSION_COOKIE_SECURE": True,
        },
        SECRET_KEY=PRODUCTION["SECRET_KEY"],
        SITE_URL="https://tracker.example.org/",
        ALLOWED_HOSTS="www.tracker.example.org",
    )


def test_site_that_does_not_know_its_address_is_as_safe_as_a_public_one():
    assert_settings(
        {"LOCAL": False, "SECURE_SSL_REDIRECT": True, "ALLOWED_HOSTS": []},
        SECRET_KEY=PRODUCTION["SECRET_KEY"],
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_own_machine_needs_no_certificate(host):
    assert_settings(
        {
            "ALLOWED_HOSTS": [host],
            "SECURE_HSTS_SECONDS": 0,
            "SECURE_SSL_REDIRECT": False,
            "SESSION_COOKIE_SECURE": False,
        },
        SECRET_KEY="short",
        SITE_URL=f"http://{host}:8000",
    )


def test_operator_behind_a_proxy_sets_each_switch():
    assert_settings(
        {
            "SECURE_HSTS_SECONDS": 60,
            "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
            "SECURE_SSL_REDIRECT": False,
        },
        **PRODUCTION,
        SECURE_HSTS_SECONDS="60",
        SECURE_SSL_REDIRECT="no",
        TRUST_X_FORWARDED_PROTO="yes",
    )


def test_operator_chooses_how_long_a_session_rests():
    assert_settings({"SESSION_COOKIE_AGE": 1800}, **PRODUCTION | {"SESSION_REST_MINUTES": "30"})


# Wrong values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", "ture", "“ture” is neither yes nor no"),
        ("SECURE_HSTS_SECONDS", "-1", "“-1” is not a whole number"),
        ("LOG_LEVEL", "LOUD", "Write one of DEBUG, INFO"),
        ("DATABASE_URL", "mysql://localhost/tracker", "only SQLite and PostgreSQL"),
        ("DATABASE_URL", "tracker.sqlite3", "only SQLite and PostgreSQL"),
        ("DATABASE_URL", "postgresql://a:b@host:port/c", "no database has this address"),
        ("EMAIL_URL", "pigeon://loft", "not the address of a mail server"),
        ("SECRET_KEY", "$abc", "must not begin with $"),
        ("EVIDENCE_KINDS", "pdf,exe", "Write some of pdf,docx,"),
        ("EVIDENCE_KINDS", " , ", "Write some of pdf,docx,"),
        ("EVIDENCE_MAX_MEGABYTES", "0", "“0” is too small"),
        ("EVIDENCE_MAX_MEGABYTES", "20 MB", "“20 MB” is not a whole number"),
        ("SESSION_REST_MINUTES", "0", "“0” is too small. Write 1 or more."),
    ],
)
def test_operator_reads_which_variable_is_wrong(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=re.escape(name)) as caught:
        environment.read(name)

    assert said in str(caught.value)


@pytest.mark.parametrize(("word", "meant"), [("yes", True), ("ON", True), ("0", False)])
def test_operator_writes_a_switch_in_any_usual_way(word, meant):
    assert environment.yes_no(word) is meant


def test_operator_names_kinds_of_file_in_any_usual_way():
    assert environment.kinds_of_file("PDF, csv") == ["pdf", "csv"]


def test_operator_names_a_relative_and_an_absolute_sqlite_file(tmp_path):
    relative = environment.database("sqlite:///var/a.sqlite3")
    absolute = environment.database(f"sqlite:///{tmp_path}/b.sqlite3")

    assert relative["NAME"] == ROOT / "var/a.sqlite3"
    assert absolute["NAME"] == tmp_path / "b.sqlite3"
    assert relative["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_address_of_a_postgresql_says_more_and_the_rest_stays():
    given = "options=-c%20statement_timeout%3D5s&connect_timeout=2"
    options = environment.database(f"postgresql://a:b@host/c?{given}")["OPTIONS"]

    assert options == {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "options": "-c jit=off -c work_mem=16MB -c statement_timeout=5s",
    }


@pytest.mark.parametrize("address", ["sqlite:///var/a.sqlite3", "postgresql://a:b@host/c"])
def test_connection_outlives_the_request(address):
    assert environment.database(address)["CONN_MAX_AGE"] == 60


@pytest.mark.slow
def test_sqlite_file_is_written_ahead_and_keeps_its_references(tmp_path):
    code = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "foreign_keys"):
        print(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
"""
    result = run_python(
        "-c",
        code,
        DJANGO_SETTINGS_MODULE="ogp_tracker.settings",
        **PRODUCTION | {"DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3"},
    )

    assert result.stdout.split() == ["wal", "1", "1"], result.stderr


# The demo's own environment ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "port"),
    [([], "8000"), (["--port", "8123"], "8123"), (["--port=8124"], "8124"), (["--port"], "8000")],
)
def test_demo_finds_the_port_on_its_command_line(arguments, port):
    assert local_environment.port_in(arguments) == port


def test_demo_fills_in_only_what_is_not_set(monkeypatch, tmp_path):
    monkeypatch.setattr(local_environment, "KEY_FILE", tmp_path / "key")
    monkeypatch.setenv("SITE_URL", "http://localhost:9")
    monkeypatch.setenv("SECRET_KEY", "given")

    local_environment.prepare(["--port", "8001"])

    assert environment.read("SITE_URL") == "http://localhost:9"
    assert environment.read("SECRET_KEY") == "given"
    assert not (tmp_path / "key").exists()


def test_demo_keeps_its_key_for_the_next_time_and_for_its_owner_only(tmp_path):
    file = tmp_path / "var" / "key"

    key = local_environment.kept_key(file)

    assert len(key) >= 50
    assert local_environment.kept_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
