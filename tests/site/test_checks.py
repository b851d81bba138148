"""The system checks: each finds what it is there for, says what to do, and else keeps quiet."""

import secrets

import pytest
from django.core.checks import run_checks

from ogp_tracker.checks import TAG
from tests.process import PRODUCTION, ROOT, run_python

PUBLIC = {
    "ALLOWED_HOSTS": ["tracker.example.org"],
    "DEBUG": False,
    "LOCAL": False,
    "SECRET_KEY": secrets.token_urlsafe(50),
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


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tracker.example.org",
        "ftp://tracker.example.org",
        "https://",
        "https://tracker.example.org/path",
        "https://tracker.example.org?a=b",
        "https://user@tracker.example.org",
        "https://tracker.example.org:port",
        "https://[tracker.example.org",
    ],
)
def test_address_that_is_none_is_found(found, address):
    assert ids(found(SITE_URL=address)) == ["ogp_tracker.E001"]


def test_public_address_without_encryption_is_found(found):
    assert ids(found(SITE_URL="http://tracker.example.org")) == ["ogp_tracker.E002"]


def test_own_machine_needs_no_encryption_and_no_long_key(found):
    assert found(SITE_URL="http://localhost:8000", LOCAL=True, SECRET_KEY="short") == []


@pytest.mark.parametrize("key", ["short" * 9, "a" * 60])
def test_key_that_could_be_guessed_is_found(found, key):
    assert ids(found(SECRET_KEY=key)) == ["ogp_tracker.E003"]


def test_key_of_the_example_is_found_even_on_the_own_machine(found):
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line.startswith("SECRET_KEY=")
    )

    assert ids(found(LOCAL=True, **example)) == ["ogp_tracker.E003"]


def test_debug_on_a_public_site_is_found(found):
    assert ids(found(DEBUG=True, LOCAL=True)) == ["ogp_tracker.E004"]


def test_open_door_for_every_host_is_found(found):
    assert ids(found(ALLOWED_HOSTS=["tracker.example.org", "*"])) == ["ogp_tracker.E005"]


def test_contact_that_is_no_address_is_found(found):
    assert ids(found(SECURITY_CONTACT="security@example.org")) == ["ogp_tracker.E006"]


@pytest.fixture
def on_sqlite(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")


@pytest.mark.usefixtures("on_sqlite")
def test_what_a_public_site_should_not_do_is_a_warning_on_deployment_only(found):
    assert ids(found(SECURITY_CONTACT="")) == []
    assert ids(found(deploy=True, SECURITY_CONTACT="")) == ["ogp_tracker.W001", "ogp_tracker.W002"]


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


@pytest.mark.usefixtures("on_sqlite")
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

    assert len(set(ids(messages))) == 11
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
