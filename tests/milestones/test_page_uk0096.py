"""Commitment UK0096 on its page: no word lost, whose word it is, and what nobody knows."""

from pathlib import Path

from django.test import Client, TestCase

from tests.pages import crawl, queries_of, read
from tests.seed import seed_sentences, words, words_of
from tests.world import load_real_rows

ADDRESS = "/commitments/UK0096/"
ENGLAND, SCOTLAND = "England (UK Government)", "Scotland"
NATIONS = [ENGLAND, SCOTLAND, "Wales", "Northern Ireland"]

DESIGN = "United Kingdom Design Report 2019-2021"
RESULTS = "United Kingdom Transitional Results Report 2019-2021"
OGP_PAGE = "OGP's pages of commitments"
RESULTS_ADDRESS = "united-kingdom-transitional-results-report-2019-2021"
TWEET = "https://twitter.com/scotgovopen/status/1393124397146329091"

READ = "Our reading of the IRM’s report"
OWN_ACCOUNT = "Commitment 7, the IRM's own account, quoted on OGP's page"
SELF_ASSESSMENT = "Commitment 7, the IRM's account of the draft self-assessment"


def is_of_the_commitment(address):
    """Whether a link leads on within the commitment, or to a report about it."""
    return address.startswith((ADDRESS, "/reports/")) and "?" not in address


def facts(element):
    return {term: ", ".join(part.text() for part in said) for term, said in element.facts().items()}


class TestUK0096Page(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_real_rows()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = crawl(Client(), [ADDRESS], follow=is_of_the_commitment)
        cls.page = cls.pages[ADDRESS]

    def milestone(self, number):
        return self.pages[f"{ADDRESS}milestones/{number}/"]

    def test_reader_can_read_every_sentence_on_the_page_or_on_one_that_it_links_to(self):
        linked = {address for address, _fragment in self.page.links()}
        shown = [words_of(page.html) for address, page in self.pages.items() if address in linked]
        shown.append(words_of(self.page.html))

        lost = [
            sentence
            for sentence in seed_sentences()
            if not any(words(sentence) in text for text in shown)
        ]

        assert len(shown) >= 7  # itself, four milestones, two reports
        assert lost == []

    def test_reader_sees_at_a_glance_what_it_is_and_where_it_is_delivered(self):
        head = self.page.first(css="page-head")

        assert head.first("h1").text() == "Sustainable Open Government"
        assert head.first(css="eyebrow").text() == (
            "Commitment UK0096, United Kingdom Action Plan 2019-2021 (closed)"
        )
        assert facts(head) == {
            "Led by": "Scottish Government",
            "In partnership with": "Convention of Scottish Local Authorities, OGP Scotland Network",
            "To be delivered in": "All four nations",
            "When, in the plan’s words": "“Spring 2019 - Summer 2021”",
            "Policy areas": "Capacity Building, Local Commitments, Public Participation",
            "Follow": "Email, feed, calendar",
        }

    def test_reader_learns_at_once_what_was_promised_and_what_became_of_it(self):
        promise = self.page.first("blockquote", "promise").first("p").text()

        assert promise.startswith("“Scotland will lead a programme of discussions over the next")
        assert promise.endswith("policy and practice across public services.”")
        assert self.page.first("p", "verdict").text() == (
            "The assessor found substantial completion. No level from government is recorded here."
            " As we read the assessor’s report, 2 of its 4 milestones are completed in all 4"
            " nations; 2 are known for Scotland only (1 completed, 1 not started)."
        )

    def test_every_link_of_the_contents_list_leads_to_something_on_the_page(self):
        links = [link.attrs["href"] for link in self.page.first("nav", "toc").all("a")]

        assert links[-1] == "?all=1"
        assert {link.strip("#") for link in links[:-1]} <= set(self.page.ids)

    def test_reader_opens_all_folds_at_once_to_print_them(self):
        folded, opened = self.page, read(self.client, f"{ADDRESS}?all=1")

        assert {"open" in fold.attrs for fold in folded.all("details")} == {False}
        assert {"open" in fold.attrs for fold in opened.all("details")} == {True}
        canonical = opened.first("link", rel="canonical").attrs["href"]
        assert canonical.endswith(ADDRESS)

    def test_reader_sees_who_plays_which_part(self):
        assert facts(self.page.section("institutions").first("dl")) == {
            "Lead institution, as published": "Scottish Government, in partnership with the"
            " Convention of Scottish Local Authorities and OGP Scotland Network",
            "Supporting institutions, as published": "Other actors involved - government"
            " Representatives of all spheres of government in Devolved Administrations"
            " Other actors involved - CSOs, private sector, working groups, multilaterals, etc"
            " OGP Europe support unit, OGP Civil Society networks",
            "OGP values that government claims": "Public Accountability, Civic participation",
            "OGP member": "United Kingdom, cycle 2019",
            "Status on OGP’s page": "Left blank on OGP's page",
            "Lead": "Scottish Government",
            "Partner": "Convention of Scottish Local Authorities, OGP Scotland Network",
            "Support: government": "Representatives of all spheres of government in Devolved"
            " Administrations",
            "Support: civil society and others": "OGP Civil Society networks,"
            " OGP Europe support unit",
        }

    def test_reader_hears_government_and_the_assessor_side_by_side(self):
        government, assessor = self.page.section("voices").all("section", "voice")

        assert government.text().startswith("Government No statement recorded here")
        assert "comes from the assessor’s report" in government.text()
        assert assessor.first(css="verdict").text() == "Substantial completion"
        assert assessor.all("svg")
        assert "Potential impact: Minor" in assessor.text()
        agreement = self.page.section("voices").first("p", "note").text()
        assert "contradict each other? No: only the assessor has judged how far" in agreement

    def test_reader_finds_each_code_under_the_report_that_gave_it(self):
        codes = {
            article.first("h3").text(): facts(article.first("dl", "codes"))
            for article in self.page.section("findings").all("article")
        }

        assert codes == {
            RESULTS: {
                "Completion": "Substantial",
                "Did it open government?": "Blank",
                "Early results": "Blank",
            },
            DESIGN: {
                "Verifiable": "Yes",
                "Relevant to OGP values": "Civic Participation",
                "Potential impact": "Minor",
            },
            OGP_PAGE: {
                "Verifiable": "Yes",
                "Relevant to OGP values": "Yes",
                "Ambition": "Low",
                "Completion": "Blank",
                "Early results": "No IRM Data",
            },
        }

    def test_reader_finds_the_level_of_each_milestone_in_each_nation(self):
        table = self.page.section("milestones").first("table")
        heads = [head.text() for head in table.first("thead").all("th")]
        levels = [
            [cell.first(css="level").text() for cell in row.all("td", "part")]
            for row in table.first("tbody").all("tr")
        ]

        assert heads == ["Milestone", *NATIONS, "The assessor wrote"]
        silent = "Not reported"
        assert levels == [
            ["Completed our reading"] * 4,
            [silent, "Completed our reading", silent, silent],
            [silent, "Not started our reading", silent, silent],
            ["Completed our reading"] * 4,
        ]
        key = [row.text() for row in self.page.section("milestones").first("ul", "key").all("li")]
        assert key == ["Completed our reading 9", "Not started our reading 1", "Not reported 6"]

    def test_milestone_of_which_one_nation_is_known_is_never_called_completed(self):
        rows = self.page.section("milestones").first("tbody").all("tr")
        states = [row.first("th").first(css="state") for row in rows]

        whole, partly = "Completed our reading in all 4 nations", "Partly reported: 1 of 4 nations"
        assert [state.text() for state in states] == [whole, partly, partly, whole]
        assert not states[1].all(css="level--completed")

    def test_reader_finds_what_the_assessor_said_beside_each_milestone(self):
        rows = self.page.section("milestones").first("tbody").all("tr")
        found = [row.first("td", "found").text() for row in rows]

        assert found[0].endswith("to discuss approaches to civil society engagement.")
        assert "it does not provide links to these activities" in found[1]
        assert "were not held due to COVID-19" in found[2]
        assert found[3].startswith("The final working group was presented as an open session")

    def test_reader_of_a_milestone_finds_each_nation_by_itself(self):
        cards = {
            card.first("h3").text(): card.text()
            for card in self.milestone(3).section("nations").all("li", "card")
        }

        assert list(cards) == NATIONS
        assert "Not started" in cards.pop(SCOTLAND)
        for card in cards.values():
            assert "Not reported" in card
            assert "No progress update is about this nation." in card

    def test_reader_of_a_milestone_finds_how_many_nations_its_level_rests_on(self):
        def overall(number):
            return facts(self.milestone(number).section("glance"))["All nations together"]

        assert overall(1) == "Completed our reading"
        assert overall(2) == "Partly reported: 1 of 4 nations"
        assert overall(3) == "Partly reported: 1 of 4 nations"

    def test_reader_finds_every_report_with_its_level_and_the_nations_it_is_about(self):
        entries = self.page.section("updates").first("ol", "log").inside_of("li")
        said = [entry.first("div").first("p").text() for entry in entries]

        # The newest date first, and of one date in the order of the milestones.
        assert said == [
            "Milestone 2: Completed our reading in Scotland",
            "Milestone 3: Not started our reading (“not held” in the source) in Scotland",
            "Milestone 4: Completed our reading in all nations in scope",
            "Milestone 1: Completed our reading in all nations in scope",
        ]

    def test_reader_is_told_with_every_level_of_whose_account_it_is_our_reading(self):
        for number, account in enumerate([OWN_ACCOUNT, *[SELF_ASSESSMENT] * 2, OWN_ACCOUNT], 1):
            update = self.milestone(number).section("updates")
            assert f"{READ}: {RESULTS}, {account}" in update.text()
            assert any(RESULTS_ADDRESS in link.attrs["href"] for link in update.all("a"))

    def test_reader_finds_evidence_called_missing_only_where_the_assessor_misses_it(self):
        for number in (1, 2, 3, 4):
            misses_it = "No evidence for the level" in self.milestone(number).first("main").text()
            assert misses_it == (number == 2)
            assert not self.milestone(number).section("updates").all("a", href=TWEET)
        assert "No evidence" not in self.page.section("voices").text()
        assert "does not provide links" in self.milestone(2).section("updates").text()

    def test_reader_is_told_that_footnote_35_is_missing_and_finds_the_others(self):
        notes = {
            note.text().split("]")[0].strip("["): note
            for notes in self.page.section("findings").all("ol", "footnotes")
            for note in notes.all("li")
        }

        assert set(notes) == {"31", "32", "33", "35", "36"}
        missing = "This footnote is not in this site’s copy of the page."
        assert missing in notes["35"].text()
        assert "interview 17 July 2020" in notes["31"].text()
        assert notes["36"].all("a", href=TWEET)
        assert missing in self.milestone(1).section("findings").text()

    def test_reader_is_told_how_the_record_was_made(self):
        source = self.page.section("source").text()

        assert "How this site made the record" in source
        assert "the marker [35] stays in the IRM's text" in source
        assert "Editorial Note: For the complete text of this commitment" in source
        assert "Open Government Licence v3.0" in source
        assert "Creative Commons Attribution" in source

    def test_page_is_light(self):
        assert len(self.page.html.encode()) <= 60_000
        assert sum(Path(sheet).stat().st_size for sheet in self.page.stylesheets()) <= 40_000

    def test_page_asks_few_queries(self):
        assert queries_of(self.client, ADDRESS) <= 17
        assert queries_of(self.client, f"{ADDRESS}milestones/1/") <= 15
