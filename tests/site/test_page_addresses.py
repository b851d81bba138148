"""Every public address answers, and every page is whole: links, ids, title, no stranger's help."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client, TestCase

from irm.models import Report
from ogp_tracker.pages import PAGES
from tests.factories import CommitmentFactory, MilestoneFactory, ReportFactory
from tests.pages import Page, crawl, read, sitemap_addresses
from tests.world import make_everything

pytestmark = pytest.mark.slow

LISTS = ["/", "/nations/", "/plans/", "/commitments/", "/institutions/", "/assessments/"]
LISTS += ["/overdue/", "/disagreements/", "/changes/"]
TEXTS = sorted({page.address() for page in PAGES if page.rows is None} - {*LISTS})
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}

DICTIONARIES = {"/data/", "/api/v1/docs/"}

# A link that only leads away does not load anything.
LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest"}


class TestEveryPage(TestCase):
    """Over the real rows, and one of each that they lack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = crawl(Client())

    @classmethod
    def setUpTestData(cls):
        make_everything()

    def assert_on_every_page(self, fault):
        """Fail with what `fault` says of each page that it finds something on."""
        found = {address: fault(page) for address, page in self.pages.items()}
        assert {address: said for address, said in found.items() if said} == {}

    def test_reader_gets_every_page_of_the_sitemap_and_finds_each_by_following_links(self):
        listed = sitemap_addresses(self.client)

        assert len(listed) == len(set(listed)) > 80
        assert set(listed) - set(self.pages) == set()

    def test_reader_finds_no_page_by_following_links_that_the_sitemap_does_not_have(self):
        paths = {urlsplit(address).path for address in self.pages}

        assert paths - set(sitemap_addresses(self.client)) == set()

    def test_reader_finds_every_place_that_a_link_points_at(self):
        def lost(page):
            return [
                f"{address}#{fragment}"
                for address, fragment in page.links()
                if fragment and address in self.pages and fragment not in self.pages[address].ids
            ]

        self.assert_on_every_page(lost)

    def test_reader_finds_every_shape_and_label_that_a_page_refers_to(self):
        def lost(page):
            names = [use.attrs["href"].removeprefix("#") for use in page.all("use")]
            for attribute in ("for", "aria-labelledby", "aria-describedby"):
                values = [found.attrs.get(attribute) or "" for found in page.walk()]
                names += " ".join(values).split()
            return set(names) - set(page.ids)

        self.assert_on_every_page(lost)

    def test_reader_finds_no_id_twice_on_a_page(self):
        self.assert_on_every_page(
            lambda page: [name for name, times in Counter(page.ids).items() if times > 1]
        )

    def test_reader_finds_one_heading_of_the_page_and_no_level_left_out_below_it(self):
        def levels(page):
            found = [int(part.tag[1]) for part in page.walk() if part.tag in HEADINGS]
            steps = [after - before for before, after in pairwise(found)]
            faulty = found[0] != 1 or found.count(1) != 1 or max(steps, default=0) > 1
            return found if faulty else None

        self.assert_on_every_page(levels)

    def test_reader_finds_words_in_every_heading_link_and_button(self):
        def silent(page):
            named = [
                part for part in page.walk() if part.tag in {"a", "button", "summary", *HEADINGS}
            ]
            return [part for part in named if not (part.text() or part.attrs.get("aria-label", ""))]

        self.assert_on_every_page(silent)

    def test_reader_finds_a_title_and_a_description_of_its_own_on_every_page(self):
        shown = defaultdict(set)
        for address, page in self.pages.items():
            # Choices and page numbers stand behind the question mark: the page is the same.
            path = urlsplit(address).path
            if path == address:
                shown["title", page.title].add(path)
                shown["description", page.description].add(path)

        assert not {said for said in shown if not said[1]}
        assert {said: paths for said, paths in shown.items() if len(paths) > 1} == {}

    def test_reader_can_tell_pages_of_one_list_apart_by_their_titles(self):
        titles = Counter(
            page.title
            for address, page in self.pages.items()
            if not address.endswith(("page=1", "all=1"))
        )

        assert {title: times for title, times in titles.items() if times > 1} == {}

    def test_reader_is_told_the_language_and_the_one_address_of_every_page(self):
        for address, page in self.pages.items():
            assert page.first("html").attrs["lang"] == "en-GB", address
            canonical = page.first("link", rel="canonical").attrs["href"]
            assert canonical == f"http://localhost{urlsplit(address).path}", address

    def test_reader_gets_no_script_and_no_style_within_a_page(self):
        def inline(page):
            scripts = page.scripts
            return [
                part.tag
                for part in page.walk()
                if part in scripts
                or part.tag in {"style", "iframe", "object", "embed"}
                or "style" in part.attrs
                or any(name.startswith("on") for name in part.attrs)
                or (part.attrs.get("href") or "").strip().lower().startswith("javascript:")
            ]

        self.assert_on_every_page(inline)

    def test_reader_gets_nothing_from_another_site(self):
        def foreign(page):
            loaded = [
                value
                for part in page.walk()
                for name, value in part.attrs.items()
                if name in LOADS or (name == "href" and part.tag not in {"a"})
            ]
            return [value for value in loaded if urlsplit(value).netloc not in {"", "localhost"}]

        self.assert_on_every_page(foreign)

    def test_reader_gets_no_cookie_from_any_page(self):
        self.assert_on_every_page(lambda page: page.cookies)

    def test_reader_gets_every_style_sheet_that_a_page_asks_for(self):
        self.assert_on_every_page(lambda page: None if all(page.stylesheets()) else "missing")

    def test_reader_with_a_slow_connection_gets_light_pages(self):
        def heavy(page):
            weighed = {
                "HTML": (len(page.html.encode()), 60_000),
                "style sheets": (
                    sum(Path(sheet).stat().st_size for sheet in page.stylesheets()),
                    40_000,
                ),
            }
            return {part: size for part, (size, most) in weighed.items() if size > most}

        # These two are looked things up in, by those who have come for data.
        assert {*filter(lambda address: heavy(self.pages[address]), self.pages)} <= DICTIONARIES


@pytest.mark.django_db
class TestAddressesForEver:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("/commitments/uk5999/", "/commitments/UK5999/"),
            ("/commitments/Uk5999/milestones/1/", "/commitments/UK5999/milestones/1/"),
            ("/reports/", "/assessments/"),
            ("/commitments/UK5999", "/commitments/UK5999/"),
            ("/nations/sct", "/nations/sct/"),
            ("/about", "/about/"),
        ],
    )
    def test_reader_who_types_an_address_differently_is_led_to_it_for_ever(
        self, client, typed, meant
    ):
        MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK5999"))

        response = client.get(typed)

        assert (response.status_code, response["Location"]) == (301, meant)
        assert read(client, meant)

    def test_reader_who_shortens_a_milestones_address_is_led_to_the_commitments_milestones(
        self, client
    ):
        MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK5999"))

        for typed in ("UK5999", "uk5999"):
            response = client.get(f"/commitments/{typed}/milestones/")
            assert (response.status_code, response["Location"]) == (
                302,
                "/commitments/UK5999/#milestones",
            )
        assert "milestones" in read(client, "/commitments/UK5999/").ids

    @pytest.mark.parametrize(
        "address",
        [
            "/nowhere/",
            "/nations/xyz/",
            "/plans/none/",
            "/institutions/none/",
            "/reports/none/",
            "/commitments/UK9999/",
            "/commitments/UK9999/milestones/",
            "/commitments/UK9999/milestones/1/",
            "/commitments/UK5999/milestones/2/",
            "/commitments/UK5999/milestones/0/",
            "/commitments/UK5999/milestones/99999999999999999999999/",
            f"/commitments/UK5999/milestones/{'9' * 5000}/",
        ],
    )
    def test_reader_who_asks_for_what_is_not_there_is_told_so_and_where_to_go(
        self, client, address
    ):
        MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK5999"))

        page = read(client, address, status=404)

        assert page.first("h1").text() == "Page not found"
        assert {"/", "/nations/", "/commitments/"} <= {link for link, _ in page.links()}
        assert page.first("meta", name="robots").attrs["content"] == "noindex"
        assert not page.all("link", rel="canonical")

    def test_reader_can_tell_the_version_for_comment_from_the_final_report(self, client):
        final = ReportFactory(title="Results Report")
        comment = ReportFactory(title="Results Report", stage=Report.Stage.PUBLIC_COMMENT)

        pages = [read(client, report.get_absolute_url()) for report in (final, comment)]

        assert len({page.title for page in pages}) == 2
        assert len({page.description for page in pages}) == 2
        assert ["not the final one" in page.first("main").text() for page in pages] == [False, True]


@pytest.mark.django_db
class TestEmptyTracker:
    @pytest.mark.parametrize("address", LISTS)
    def test_reader_of_an_empty_tracker_is_told_that_it_is_empty(self, client, address):
        main = read(client, address).first("main")

        said = [part.text() for part in main.all(css="unknown")]
        assert any(re.fullmatch("No .+ here yet.", words) for words in said), said
        assert "Take one away" not in main.text()
        assert not [part for part in main.all("ul") + main.all("ol") if not part.all("li")]

    @pytest.mark.parametrize("address", TEXTS)
    def test_reader_of_an_empty_tracker_can_read_about_it(self, client, address):
        assert read(client, address).first("h1").text()

    def test_reader_of_an_empty_tracker_finds_no_broken_link(self, client):
        pages = crawl(client)

        assert {urlsplit(address).path for address in pages} == {*LISTS, *TEXTS}
        assert [
            (page.address, address, fragment)
            for page in pages.values()
            for address, fragment in page.links()
            if fragment and fragment not in pages[address].ids
        ] == []


def test_page_that_does_not_close_what_it_opens_is_a_fault():
    with pytest.raises(AssertionError, match="closes <li>"):
        Page("/", "<ul><li>one</ul>")
    with pytest.raises(AssertionError, match="left open p"):
        Page("/", "<p>one")
