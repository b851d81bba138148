"""The guides inside the admin, and which section of them each page leads to."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from ogp_tracker.help import DOCS, GUIDES, OF_RESEARCHERS, PLACES, guide_called
from tests.factories import CommitmentFactory, contact_for, researcher
from tests.pages import read
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

IDS = re.compile(r'<h\d id="([^"]+)"')


def ids_in(guide):
    return set(IDS.findall(guide_called(guide).html))


@pytest.mark.parametrize("places", [PLACES, OF_RESEARCHERS], ids=["officers", "researchers"])
def test_every_page_leads_to_a_section_that_exists(places):
    sections = admin.site._registry.values()
    names = {f"{one.opts.app_label}_{one.opts.model_name}" for one in sections}
    names |= {url.name for one in sections for url in one.urls if hasattr(url, "name")}
    names |= {url.name for url in admin.site.get_urls() if hasattr(url, "name")}

    for place, pages in places.items():
        guide, _hash, section = place.partition("#")
        assert set(pages.split()) <= names, place
        assert section in ids_in(guide), place


@pytest.mark.parametrize("name", GUIDES)
def test_guide_is_a_page_whose_links_and_pictures_work(client, name):
    page = read(client, reverse("admin:help_guide", args=[name]))
    guide = page.first("div", "guide")

    assert page.first("h1").text() == guide_called(name).title != ""
    assert page.text().count("In this guide") == 1
    for link in guide.all("a"):
        address, _hash, section = link.attrs["href"].partition("#")
        known = address.rstrip("/").rpartition("/")[2] or name
        assert known in GUIDES, link.attrs["href"]
        assert not section or section in ids_in(known) | {"contents"}, link.attrs["href"]
    for picture in guide.all("img"):
        assert picture.attrs["alt"]
        assert client.get(picture.attrs["src"])["Content-Type"] == "image/png"


def test_nothing_else_of_the_folder_is_given_out(client):
    assert (DOCS / "operations.md").exists()
    for address in ("operations/", "images/officers.md", "images/..%2Fofficers.md"):
        assert client.get(f"/admin/help/{address}").status_code in {302, 404}


def test_help_opens_at_what_the_account_does_there(client):
    def help_on(address):
        links = read(client, address).first("header").all("a")
        return next(link.attrs["href"] for link in links if link.text() == "Help")

    sign_in(client, contact_for(CommitmentFactory()))
    assert help_on("/admin/import/").endswith("/points_of_contact/#import-it-and-read-the-preview")
    assert help_on("/admin/").endswith("/officers/#see-what-is-due")
    sign_in(client, researcher())
    assert help_on("/admin/import/").endswith("/researchers/#import-a-sheet")
    assert help_on("/admin/commitments/nation/").endswith("/help/researchers/#the-work-list")
