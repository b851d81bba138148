"""No write, by whatever door, leaves a reader a page that is no longer true."""

import pytest
from django.urls import get_resolver, reverse

from milestones import views
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.opendata.releases import make_release
from ogp_tracker.pagecache import middleware
from ogp_tracker.sitemaps import SITEMAPS
from tests.admin_pages import address
from tests.factories import (
    MilestoneFactory,
    contact_for,
    lead_of,
    make_update,
    officer_of,
    publish_update,
)
from tests.kept_pages import Reader
from tests.signing_in import TrackerClient, sign_in

pytestmark = pytest.mark.both_databases

SECRET = "Words that nobody has published."


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment__nations=["sct"])


@pytest.mark.django_db(transaction=True)
def test_reader_gets_the_new_page_after_a_write(reader, milestone):
    """Through every door: tests/opendata/test_data_version.py."""
    page = milestone.get_absolute_url()
    before = reader.get(page)
    assert reader.get(page).is_kept

    make_update(milestone, narrative="Said by us.")

    after = reader.get(page)
    assert "Said by us." in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    reader.get("/data/releases/")
    assert make_release().number in reader.get("/data/releases/").text


@pytest.mark.django_db(transaction=True)
def test_page_that_was_overtaken_by_a_write_is_answered_and_not_kept(
    reader, milestone, monkeypatch
):
    page, render = milestone.get_absolute_url(), views.render

    def slowly(*given):
        Milestone.objects.update(text="Written while the page was made.")
        return render(*given)

    with monkeypatch.context() as patched:
        patched.setattr(views, "render", slowly)
        assert reader.get(page).status == "200 OK"

    after = reader.get(page)
    assert not after.is_kept
    assert "Written while the page was made." in after.text


@pytest.mark.django_db(transaction=True)
def test_draft_is_on_no_kept_page_until_it_is_published(reader, milestone):
    officer = officer_of(lead_of(milestone.commitment))
    page = milestone.get_absolute_url()
    reader.get(page)
    draft = make_update(milestone, narrative=SECRET, by=officer, publish=False)
    client = sign_in(TrackerClient(), officer)
    cookie = f"sessionid={client.cookies['sessionid'].value}"

    for _time in range(2):
        preview = reader.get(address(ProgressUpdate, "preview", draft.pk), HTTP_COOKIE=cookie)
        assert SECRET in preview.text
        assert not preview.is_kept
        assert "public" not in preview.headers["Cache-Control"]
        assert SECRET not in reader.get(page, HTTP_COOKIE=cookie).text

    publish_update(draft)
    assert SECRET in reader.get(page).text


@pytest.mark.django_db
def test_officer_and_reader_get_the_same_bytes_of_a_public_page(reader, milestone):
    client = sign_in(TrackerClient(), contact_for(milestone.commitment))
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    for page in ("/", milestone.get_absolute_url(), milestone.commitment.get_absolute_url()):
        to_officer, to_reader = Reader().get(page, HTTP_COOKIE=cookie), reader.get(page)

        assert to_officer.content == to_reader.content
        assert to_officer.headers == to_reader.headers


@pytest.mark.django_db
def test_every_page_that_belongs_to_no_row_is_kept(reader, without_zeal):
    for name in set(SITEMAPS["pages"].items()) - {"api_docs"}:
        reader.get(reverse(name))

        assert reader.get(reverse(name)).is_kept, name


def test_pages_that_may_be_kept_have_addresses():
    named = {one.name for one in every_pattern(get_resolver())}

    assert named >= middleware.PAGES


def every_pattern(resolver):
    for one in resolver.url_patterns:
        yield from every_pattern(one) if hasattr(one, "url_patterns") else [one]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    [
        "/admin/login/",
        "/accounts/login/",
        "/healthz",
        "/api/v1/nations/",
        "/not-there/",
        "/data/nations.csv",
        "/robots.txt",
    ],
)
def test_what_is_no_public_page_is_not_kept(reader, page):
    for _time in range(2):
        assert not reader.get(page).is_kept
