"""An officer sees the public page as it would look; readers see nothing of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones import services
from milestones.models import Amendment, NationProgress, ProgressUpdate
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import days_ago, make_update, officer_of
from tests.pages import Element, Page, crawl, sitemap_addresses
from tests.report_pages import send
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]

SECRET = "Words that nobody has published."


@pytest.fixture
def draft(milestone, account):
    make_update(milestone, "limited", nations=["sct", "wls"], narrative="Said before.")
    return make_update(
        milestone,
        "completed",
        nations=["sct"],
        narrative=SECRET,
        due_on_proposed=days_ago(-500),
        due_reason="The election came first.",
        by=account,
        publish=False,
    )


def preview(draft):
    return address(ProgressUpdate, "preview", draft.pk)


def look(client, draft):
    answer = client.get(preview(draft))
    assert answer.status_code == 200
    return Page(preview(draft), answer.text)


def cards(page):
    return {
        card.first("h3").text(): card.first("p").text()
        for card in page.section("nations").all("li", "card")
    }


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (ProgressUpdate, NationProgress, Amendment)
    ]


def test_button_keeps_the_draft_and_shows_the_page_as_it_would_look(officer, milestone):
    answer = send(officer, milestone, narrative=SECRET, _preview="1", follow=True)

    draft = ProgressUpdate.objects.get()
    assert (draft.state, draft.narrative) == ("draft", SECRET)
    assert answer.redirect_chain[-1][0] == preview(draft)
    assert "Readers do not see it yet." in answer.text
    assert SECRET in answer.text
    for field in ("id_nations_0", "id_as_of", "id_level_0", "id_narrative", "id_obstacles"):
        assert f'{address(ProgressUpdate, "change", draft.pk)}#{field}"' in answer.text


def test_officer_submits_from_the_preview_and_a_second_press_changes_nothing(officer, draft):
    page = officer.get(preview(draft))

    for _press in (1, 2):
        answer = officer.post(preview(draft), sent_from(page, do="submit"))
        assert answer.url == address(ProgressUpdate, "done", draft.pk)

    draft.refresh_from_db()
    assert (draft.state, draft.steps.count()) == ("submitted", 1)
    assert "Submit for sign-off" not in officer.get(preview(draft)).text


def test_what_was_changed_in_another_tab_is_shown_before_it_is_submitted(officer, draft):
    page = officer.get(preview(draft))
    ProgressUpdate.objects.filter(pk=draft.pk).update(narrative="Changed meanwhile.")

    answer = officer.post(preview(draft), sent_from(page, do="submit"))

    assert "since you opened the page" in answer.text
    assert "Changed meanwhile." in answer.text
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_only_the_author_can_submit_from_the_preview(client, draft):
    sign_in(client, officer_of(draft.institution, "lead"))
    page = client.get(preview(draft))
    assert "Submit for sign-off" not in page.text

    client.post(preview(draft), {"do": "submit"})

    draft.refresh_from_db()
    assert draft.state == "draft"


def content_of(page):
    parts = [part for part in page.first("main").inside if isinstance(part, Element)]
    return [part.text() for part in parts if not {"cite", "another-day"} & {*part.classes}]


def test_preview_is_the_page_that_readers_get_once_it_is_published(officer, draft, account):
    shown = look(officer, draft)

    services.submit_update(draft, by=account)
    services.publish_update(draft, by=officer_of(draft.institution, "lead"))
    officer.logout()
    published = Page("", officer.get(draft.milestone.get_absolute_url()).text)

    assert content_of(shown) == content_of(published)
    assert cards(shown) == {"Scotland": "Completed", "Wales": "Limited On schedule"}
    assert SECRET in shown.section("updates").text()
    assert "The election came first." in shown.section("glance").text()


def test_preview_of_a_commitment_that_is_not_public_shows_what_is_published_on_it(
    officer, milestone, draft
):
    milestone.commitment.published_on = None
    milestone.commitment.save()

    assert cards(look(officer, draft)) == {"Scotland": "Completed", "Wales": "Limited On schedule"}


def test_preview_writes_nothing_and_reaches_no_public_page(officer, draft):
    before = everything()
    public = draft.milestone.get_absolute_url()

    with CaptureQueriesContext(connection) as queries:
        answer = officer.get(preview(draft))

    assert SECRET in answer.text
    asked = [query["sql"] for query in queries if "django_session" not in query["sql"]]
    assert [sql for sql in asked if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert everything() == before
    assert SECRET not in officer.get(public).text
    officer.logout()
    pages = crawl(officer, ["/", *sitemap_addresses(officer)])
    assert public in pages
    for path, page in pages.items():
        assert SECRET not in page.html, path
        assert str(draft.uid) not in page.html, path


def test_preview_is_kept_by_no_cache_and_no_search_engine(officer, draft):
    answer = officer.get(preview(draft))

    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    assert 'rel="canonical"' not in answer.text


def test_preview_says_what_is_missing_before_it_can_be_sent(officer, milestone):
    send(officer, milestone, level="completed", _draft="1")

    answer = officer.get(preview(ProgressUpdate.objects.get()))

    assert "Before you can submit it:" in answer.text
    assert "Add evidence" in answer.text


@pytest.mark.parametrize("without", ["level", "as_of", "nations"])
def test_way_to_the_preview_says_what_to_fill_in(officer, milestone, without):
    missing = {without: "" if without == "as_of" else None}
    refused = send(officer, milestone, _preview="1", **missing)
    assert list(errors_of(refused)) == [without]
    send(officer, milestone, _draft="1", **missing)

    answer = officer.get(preview(ProgressUpdate.objects.get()), follow=True)

    assert messages_of(answer)[-1].startswith("Your draft is saved. To see the preview,")


def test_preview_of_a_published_report_leads_to_its_page(officer, milestone):
    update = make_update(milestone)

    assert officer.get(preview(update)).url == update.get_absolute_url()
    assert officer.get(address(ProgressUpdate, "preview", 987654)).status_code == 404
