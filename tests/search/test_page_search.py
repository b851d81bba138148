"""The page of search: what a reader sees of what was found, and what helps when nothing was."""

from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import TestCase

from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.pages import PAGES
from ogp_tracker.search import finding, views
from ogp_tracker.search.site_pages import SITE_PAGES
from tests.factories import CommitmentFactory, make_correction, make_update
from tests.pages import queries_of, read
from tests.search.found_rows import make_one_of_each

pytestmark = pytest.mark.django_db


def address_of(words, **choices):
    return f"/search/?{urlencode({'q': words, **choices})}"


def search(client, words, **choices):
    return read(client, address_of(words, **choices))


def results_on(page):
    return page.first("ol", "results").inside_of("li")


class TestResults(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.rows = make_one_of_each("zebras", ogp_id="UK5999")

    def test_reader_is_told_what_each_result_is_whose_word_and_where_it_stands(self):
        page = search(self.client, "zebra")

        said = {
            result.first("p", "eyebrow").text(): (result.classes, result.first("a").attrs["href"])
            for result in results_on(page)
        }
        assert {what: classes for what, (classes, _address) in said.items()} == {
            "Commitment": [],
            "Action plan": [],
            "Institution": [],
            "Milestone": [],
            "Progress update": ["result--government"],
            "Evidence for a progress update": ["result--government"],
            "Government’s reply": ["result--government"],
            "Change to the plan": ["result--government"],
            "Assessor’s report": ["result--assessor"],
            "Assessor’s analysis": ["result--assessor"],
            "Assessor’s finding": ["result--assessor"],
            "Nation": [],
            "Policy area": [],
        }
        assert {mark.text() for mark in page.all("mark")} == {"zebras"}
        for _classes, address in said.values():
            target, _hash, fragment = address.partition("#")
            there = read(self.client, target)
            assert "zebras" in there.first("main").text()
            assert not fragment or fragment in there.ids
        assert "#finding-" in said["Government’s reply"][1]

    def test_reader_is_told_how_many_of_each_kind_and_narrows_them_down(self):
        page = search(self.client, "zebra", plan=self.rows[Milestone].commitment.plan.slug)

        assert page.title.startswith("“zebra”: 10 results – ")
        assert "Progress updates and replies 4" in page.first("main").text()
        (link,) = [link for link in page.all("a") if link.text() == "Assessors’ reports"]
        narrowed = read(self.client, f"/search/{link.attrs['href'].removeprefix('/search/')}")
        assert len(results_on(narrowed)) == 3
        assert narrowed.title.startswith("“zebra”: 3 results")

    def test_reader_who_is_led_to_a_page_is_found_by_no_robot(self):
        page = search(self.client, "zebra")

        assert page.first("meta", name="robots").attrs["content"] == "noindex"
        assert not page.all("link", rel="canonical")
        assert read(self.client, "/search/").all("link", rel="canonical")

    def test_page_asks_no_more_for_many_results_than_for_one_of_each_kind(self):
        for_one = queries_of(self.client, address_of("zebra", nation="eng", kind=""))
        make_one_of_each("zebras", nations=["eng"])

        for_many = queries_of(self.client, address_of("zebra", nation="eng", kind=""))
        assert for_many == for_one <= 17
        unknown = " ".join(f"zebr{letter}x" for letter in "bcdefghijklmnopqrst")
        assert queries_of(self.client, address_of(unknown, nation="sct", kind="plan")) <= 15

    def test_reader_who_finds_nothing_among_the_choices_is_told_what_is_outside(self):
        page = search(self.client, "zebra", nation="wls", kind="plan")

        assert "Without the filters there are 13 results" in page.first("main").text()
        (link,) = [link for link in page.all("a") if link.text() == "Remove the filters"]
        assert len(results_on(read(self.client, link.attrs["href"]))) == 13

    def test_reader_who_mistypes_is_led_to_what_was_meant(self):
        page = search(self.client, "zerbas")

        link = page.first("p", "did-you-mean").first("a")
        assert link.text() == "zebras"
        assert len(results_on(read(self.client, link.attrs["href"]))) == 13

    def test_bad_choices_are_named_and_the_rest_is_searched(self):
        for choices in ({"kind": "x"}, {"nation": "\0"}, {"plan": "none"}, {"page": "x"}):
            page = search(self.client, "zebra", **choices)

            assert len(results_on(page)) == 13
            assert ("This filter is not applied." in page.html) == ("page" not in choices)

    def test_id_that_was_typed_in_short_is_marked_in_full(self):
        CommitmentFactory(ogp_id="UK0096", title="Spread open government")

        (result,) = results_on(search(self.client, "uk 96"))
        assert [mark.text() for mark in result.all("mark")] == ["UK0096"]


class TestSitePages:
    def test_reader_finds_the_pages_of_the_site_itself(self, client):
        for words, address in {
            "glossary": "/about/#things",
            "how to cite": "/data/#cite",
            "download excel": "/data/",
            "API": "/api/v1/docs/",
            "cookies": "/privacy/",
            "accessible": "/accessibility/",
        }.items():
            page = search(client, words)

            assert page.first("ul", "results").first("a").attrs["href"] == address
            assert "”: 0" not in page.title
            assert "Without the filters there" in search(client, words, kind="plan").html

    def test_reader_who_mistypes_a_page_is_led_to_it(self, client):
        assert search(client, "glosary").first("p", "did-you-mean").first("a").text() == "glossary"

    def test_pages_stand_above_other_results_and_on_the_first_page_only(self, client, monkeypatch):
        monkeypatch.setattr(views, "ROWS_PER_PAGE", 1)
        for number in range(2):
            CommitmentFactory(title=f"Glossary {number}")

        page = search(client, "glossary")
        assert page.title.startswith("“glossary”: 3 results")
        assert page.first("h3").text() == "Glossary"
        assert not search(client, "glossary", page=2).all("ul", "results")
        assert not search(client, "glossary", kind="commitment").all("ul", "results")

    def test_every_page_without_rows_is_in_the_list_and_is_there(self, client):
        names = {page.name for page in PAGES if not page.rows}
        assert names - {page.name for page in SITE_PAGES} == {"front", "search"}
        for page in SITE_PAGES:
            assert not page.section or page.section in read(client, page.address).ids
            assert client.get(page.address).status_code == 200


class TestWords:
    def test_whatever_is_typed_stands_on_the_page_as_it_was_typed(self, client):
        CommitmentFactory(title="A <b>bold</b> zebra & more", objective="<script>zebra</script>")
        typed = 'zebra "<b>bold" </title><script>alert(1)</script>'

        assert search(client, typed).first("input", id="words").attrs["value"] == typed
        page = search(client, "zebra")
        (result,) = results_on(page)
        assert result.first("h3").text().endswith("A <b>bold</b> zebra & more")
        assert "<script>" in result.text()
        assert not page.all("script")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("", "What you can search"),
            (" \0 ", "What you can search"),
            ("🙂", "Enter at least one word to search for."),
            ("the -zebra", "Enter at least one word to search for."),
            ("zebra", "Nothing on this site contains all of these words."),
            ("zebra " * 1000, "only its first words were used"),
        ],
    )
    def test_reader_is_told_what_to_do_when_there_is_nothing_to_show(self, client, words, said):
        assert said in search(client, words).first("main").text()

    def test_reader_goes_from_page_to_page_and_is_told_when_there_is_more(
        self, client, monkeypatch
    ):
        monkeypatch.setattr(views, "ROWS_PER_PAGE", 2)
        monkeypatch.setattr(finding, "MOST", 3)
        for number in range(5):
            CommitmentFactory(title=f"Zebra {number}")

        first = search(client, "zebra")
        assert first.title.startswith("“zebra”: More than 3 results")
        (following,) = first.all("a", rel="next")
        second = read(client, f"/search/{following.attrs['href']}")
        assert second.first("ol", "results").attrs["start"] == "3"
        assert len(results_on(second)) == 1
        assert "page 2" in second.title

    def test_reader_is_told_of_a_report_that_was_corrected_and_of_one_that_is_not_final(
        self, client
    ):
        rows = make_one_of_each("zebra")
        old = make_update(rows[Milestone], "limited", narrative="An old gnu.")
        make_correction(old, narrative="A new gnu.")
        Report.objects.update(stage="public_comment")

        for result in results_on(search(client, "gnu")):
            assert ("A later update corrects this one" in result.text()) == ("old" in result.text())
        for result in results_on(search(client, "zebra", kind="assessment")):
            assert "not final" in result.text()

    def test_note_by_this_site_is_shown_as_such_and_only_where_nothing_else_is_found(self, client):
        CommitmentFactory(title="A zebra", tracker_note="Seen by a gnu.")

        (result,) = results_on(search(client, "zebra"))
        assert "gnu" not in result.text()
        (result,) = results_on(search(client, "gnu"))
        assert result.first("p", "note").text() == "Note by this site: Seen by a gnu."

    def test_browser_is_told_how_to_search(self, client):
        head = read(client, "/").first("link", rel="search")

        described = client.get(head.attrs["href"])
        (url,) = ElementTree.fromstring(described.content).iter(
            "{http://a9.com/-/spec/opensearch/1.1/}Url"
        )
        assert url.attrib["template"] == "http://localhost/search/?q={searchTerms}"
