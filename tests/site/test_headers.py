"""What every answer carries for the reader's safety, and what it must not carry."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from ogp_tracker.middleware import ContentSecurityPolicyMiddleware
from tests.factories import MembershipFactory


def policy(response):
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value.split() for name, _, value in parts}


def test_reader_gets_nothing_from_elsewhere_and_no_inline_code(client):
    assert policy(client.get("/robots.txt")) == {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }


@pytest.mark.django_db
def test_officer_gets_inline_style_in_the_admin_but_no_inline_script(client):
    rules = policy(client.get("/admin/login/"))

    assert rules["style-src"] == ["'self'", "'unsafe-inline'"]
    assert rules["script-src"] == ["'self'"]


def test_page_that_only_begins_like_the_admin_gets_nothing_more():
    middleware = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())

    assert policy(middleware(RequestFactory().get("/administrations/")))["style-src"] == ["'self'"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_reader_is_protected_by_header(client, header, value):
    assert client.get("/robots.txt")[header] == value


def test_pages_may_not_use_camera_place_or_purse(client):
    features = client.get("/robots.txt")["Permissions-Policy"].split(", ")

    assert {"camera=()", "geolocation=()", "payment=()"} <= set(features)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/healthz", "/robots.txt", "/not-there/"])
def test_reader_gets_no_cookie(client, address):
    assert not client.get(address).cookies


@pytest.mark.django_db
def test_no_cache_keeps_an_error(client):
    client.force_login(MembershipFactory().account)
    for address, status in (("/admin/nothing/", 404), ("/admin/auth/user/", 403), ("/no/", 404)):
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store"), address


@pytest.mark.django_db
def test_officer_gets_cookies_that_no_script_and_no_other_site_can_use(client):
    cookie = client.get("/accounts/login/").cookies["csrftoken"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
def test_reader_by_http_is_sent_to_https_and_told_to_stay(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60

    response = client.get("/robots.txt")
    assert (response.status_code, response["Location"]) == (301, "https://localhost/robots.txt")
    assert "max-age=60" in client.get("/robots.txt", secure=True)["Strict-Transport-Security"]
