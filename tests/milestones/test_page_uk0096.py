"""Commitment UK0096 on its page: no word lost, whose word it is, and what nobody knows."""

from pathlib import Path

from django.test import Client, TestCase

from tests.pages import crawl, queries_of
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
        lede = self.page.first(css="lede").text()

        assert self.page.first("h1").text() == "Sustainable Open Government"
        assert "Led by Scottish Government, in partnership with the Convention of Scottish" in lede
        assert "Delivered in all four nations." in lede
        assert "Its plan closed in 2021." in lede

        glance = self.page.first("section", **{"aria-labelledby": "glance"})
        assert facts(glance) == {
            "Commitment": "UK0096",
            "Status on OGP's page": "Left blank on OGP's page",
            "Action plan": "United Kingdom Action Plan 2019-2021",
            "OGP member": "United Kingdom, cycle 2019",
            "Timeline, in the plan's words": "Spring 2019 - Summer 2021",
            "Policy areas": "Capacity Building, Local Commitments, Public Participation",
            "OGP values that government claims": "Public Accountability, Civic participation",
        }

    def test_reader_sees_who_plays_which_part(self):
        assert facts(self.page.section("institutions").first("dl")) == {
            "Lead": "Scottish Government",
            "Partner": "Convention of Scottish Local Authorities, OGP Scotland Network",
            "Support: government": "Representatives of all spheres of government in Devolved"
            " Administrations",
            "Support: civil society and others": "OGP Civil Society networks,"
            " OGP Europe support unit",
        }

    def test_reader_hears_government_and_the_assessor_side_by_side(self):
        government, assessor = self.page.section("voices").all("section", "voice")

        assert government.first("h3").text() == READ
        counts = [row.text() for row in government.first("ul", "counts").all("li")]
        assert counts == ["Completed 2", "Partly reported 2"]
        assert "Of these 4, 2 are our reading. 4 rest on the IRM’s report." in (government.text())
        assert assessor.first("h3").text() == "The assessor finds"
        assert "Completion: Substantial" in assessor.text()

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

        assert heads == ["Milestone", *NATIONS, "Assessor found"]
        silent = "Not reported"
        assert levels == [
            ["Completed our reading"] * 4,
            [silent, "Completed our reading", silent, silent],
            [silent, "Not started our reading", silent, silent],
            ["Completed our reading"] * 4,
        ]

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
            glance = self.milestone(number).first("section", **{"aria-labelledby": "glance"})
            return facts(glance)["All nations together"]

        assert overall(1) == "Completed our reading"
        assert overall(2) == "Partly reported: 1 of 4 nations"
        assert overall(3) == "Partly reported: 1 of 4 nations"

    def test_reader_finds_every_report_with_its_level_and_the_nations_it_is_about(self):
        entries = self.page.section("updates").first("ol", "log").inside_of("li")
        said = {entry.first("div").first("p").text() for entry in entries}

        assert len(entries) == 4
        assert said == {
            "Milestone 1: Completed our reading in all nations in scope",
            "Milestone 2: Completed our reading in Scotland",
            "Milestone 3: Not started our reading (“not held” in the source) in Scotland",
            "Milestone 4: Completed our reading in all nations in scope",
        }

    def test_reader_is_told_with_every_level_of_whose_account_it_is_our_reading(self):
        for number, account in enumerate([OWN_ACCOUNT, *[SELF_ASSESSMENT] * 2, OWN_ACCOUNT], 1):
            update = self.milestone(number).section("updates")
            assert f"{READ}: {RESULTS}, {account}" in update.text()
            assert any(RESULTS_ADDRESS in link.attrs["href"] for link in update.all("a"))

    def test_reader_finds_no_evidence_called_missing_and_none_called_governments(self):
        for number in (1, 2, 3, 4):
            assert "No evidence" not in self.milestone(number).first("main").text()
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

        assert "How this tracker made the record" in source
        assert "the marker [35] stays in the IRM's text" in source
        assert "Editorial Note: For the complete text of this commitment" in source
        assert "Open Government Licence v3.0" in source
        assert "Creative Commons Attribution" in source

    def test_page_is_light(self):
        assert len(self.page.html.encode()) <= 66_000
        assert sum(Path(sheet).stat().st_size for sheet in self.page.stylesheets()) <= 40_000

    def test_page_asks_few_queries(self):
        assert queries_of(self.client, ADDRESS) <= 16
        assert queries_of(self.client, f"{ADDRESS}milestones/1/") <= 15
