"""The system checks: each finds what it is there for, says what to do, and else keeps quiet."""

import secrets

import pytest
from django.core.checks import run_checks
from django.db import connection

from ogp_tracker import checks
from ogp_tracker.checks import TAG
from tests.process import PRODUCTION, ROOT, run_python

pytestmark = pytest.mark.django_db

PUBLIC = {
    "ALLOWED_HOSTS": ["tracker.example.org"],
    "DEBUG": False,
    "LOCAL": False,
    "SECRET_KEY": secrets.token_urlsafe(50),
    "RUN_BY": "Open Records Society",
    "SECURITY_CONTACT": "mailto:security@example.org",
    "SITE_HOST": "tracker.example.org",
    "SITE_URL": "https://tracker.example.org",
}


@pytest.fixture
def found(settings):
    """Run our checks with the settings of a public site, changed as asked; give the messages."""

    def run(deploy=False, **changes):
        for name, value in (PUBLIC | changes).items():
            setattr(settings, name, value)
        return run_checks(tags=[TAG], include_deployment_checks=deploy)

    return run


def ids(messages):
    return [message.id for message in messages]


def test_right_settings_give_no_message(found):
    assert found() == []


NO_ADDRESSES = (
    *("", "tracker.example.org", "ftp://tracker.example.org", "https://", "https://[example.org"),
    *("https://example.org/path", "https://example.org?a=b", "https://user@example.org"),
    "https://example.org:port",
)


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        *(("E001", {"SITE_URL": address}) for address in NO_ADDRESSES),
        ("E002", {"SITE_URL": "http://tracker.example.org"}),
        ("E003", {"SECRET_KEY": "short" * 9}),
        ("E003", {"SECRET_KEY": "a" * 60}),
        ("E003", {"LOCAL": True, "SECRET_KEY": "change-me"}),
        ("E004", {"DEBUG": True, "LOCAL": True}),
        ("E005", {"ALLOWED_HOSTS": ["tracker.example.org", "*"]}),
        ("E006", {"SECURITY_CONTACT": "security@example.org"}),
    ],
)
def test_setting_that_must_not_be_used_is_found(found, number, wrong):
    assert ids(found(**wrong)) == [f"ogp_tracker.{number}"]


def test_example_has_the_key_that_is_refused():
    assert "\nSECRET_KEY=change-me\n" in (ROOT / ".env.example").read_text()


def test_own_machine_needs_no_encryption_and_no_long_key(found):
    assert found(SITE_URL="http://localhost:8000", LOCAL=True, SECRET_KEY="short") == []


@pytest.fixture
def on_sqlite(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")


@pytest.mark.usefixtures("on_sqlite")
def test_what_a_public_site_should_not_do_is_a_warning_on_deployment_only(found):
    silent = {"SECURITY_CONTACT": "", "RUN_BY": ""}
    assert ids(found(**silent)) == []
    assert ids(found(deploy=True, **silent)) == [f"ogp_tracker.W00{number}" for number in (1, 2, 8)]


def test_what_weakens_the_sign_in_is_a_warning_on_deployment_only(found):
    weak = {
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SESSION_COOKIE_AGE": 481 * 60,
    }

    assert found(**weak) == []
    sign_in = {"ogp_tracker.W003", "ogp_tracker.W004", "ogp_tracker.W005"}
    assert sign_in <= set(ids(found(deploy=True, **weak)))
    mended = {"ALLAUTH_TRUSTED_PROXY_COUNT": 1, "SESSION_COOKIE_AGE": 480 * 60}
    assert sign_in & set(ids(found(deploy=True, **weak | mended))) == {"ogp_tracker.W003"}


@pytest.fixture
def careless_machine(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.touch()
    file.chmod(0o604)
    monkeypatch.setenv("ENV_FILE", str(file))
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.setenv("WEB_THREADS", "9")
    monkeypatch.setattr(checks, "most_connections", lambda: 29)
    return file


@pytest.mark.usefixtures("on_sqlite")
def test_careless_machine_is_a_warning_on_deployment_only(found, careless_machine, monkeypatch):
    machine = {"ogp_tracker.W006", "ogp_tracker.W007"}
    assert found() == []
    assert machine <= set(ids(found(deploy=True)))

    careless_machine.chmod(0o640)
    monkeypatch.setenv("WEB_THREADS", "8")
    assert not machine & set(ids(found(deploy=True)))


@pytest.mark.both_databases
def test_connections_are_counted_where_there_is_a_limit():
    most = checks.most_connections()
    assert most is None if connection.vendor == "sqlite" else most >= 20


def test_start_of_a_public_site_says_that_it_needs_a_proxy(settings, caplog):
    settings.LOCAL, settings.SECURE_PROXY_SSL_HEADER = False, None
    checks.warn_without_proxy()
    assert "Without a proxy in front" in caplog.messages[0]

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    checks.warn_without_proxy()
    assert len(caplog.messages) == 1


@pytest.mark.usefixtures("on_sqlite", "careless_machine")
def test_every_message_says_what_to_do_and_stands_in_the_manual(found):
    messages = [
        *found(deploy=True, SITE_URL="", SECRET_KEY="x", SECURITY_CONTACT="", ALLOWED_HOSTS=["*"]),
        *found(SITE_URL="http://tracker.example.org", DEBUG=True, SECURITY_CONTACT="x"),
        *found(
            deploy=True,
            EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend",
            SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
            SESSION_COOKIE_AGE=10**6,
        ),
    ]
    manual = (ROOT / "docs" / "operations.md").read_text()

    assert len(set(ids(messages))) == 13
    for message in messages:
        assert message.hint
        assert f"`{message.id}`" in manual


@pytest.mark.slow
def test_server_with_a_wrong_setting_does_not_start():
    result = run_python(
        "-c", "import ogp_tracker.wsgi", **PRODUCTION | {"SITE_URL": "http://tracker.example.org"}
    )

    assert result.returncode != 0
    assert "would open without encryption" in result.stderr.splitlines()[-1]
