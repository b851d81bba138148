from datetime import datetime, timedelta

from django.utils import timezone


def test_robot_may_read_everything_but_the_officers_pages(client, settings):
    settings.SITE_URL = "https://tracker.example.org"
    settings.ALLOWED_HOSTS += ["tracker.example.org"]

    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /accounts/",
        "Disallow: /admin/",
        "Sitemap: https://tracker.example.org/sitemap.xml",
    ]


def test_finder_of_a_weakness_is_told_where_to_report_it(client, settings):
    settings.SITE_URL = "https://tracker.example.org"
    settings.ALLOWED_HOSTS += ["tracker.example.org"]
    settings.SECURITY_CONTACT = "mailto:security@example.org"

    response = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "en",
        "Canonical": "https://tracker.example.org/.well-known/security.txt",
    }
    assert timedelta(days=100) < expires - timezone.now() < timedelta(days=365)


def test_site_without_a_contact_has_no_such_file(client, settings):
    settings.SECURITY_CONTACT = ""

    assert client.get("/.well-known/security.txt").status_code == 404


def test_browser_finds_the_icon_by_its_old_name(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"] == "/static/img/icon.svg"
