"""What other sites show of a commitment: its status as a picture and as a frame."""

from datetime import date
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.utils.html import escape
from PIL import Image

from ogp_tracker.sharing.letters import font, lines_of, width_of
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    make_update,
    nation,
)
from tests.pages import Page, page_of, read
from tests.site.test_headers import policy

SVG = "{http://www.w3.org/2000/svg}"


def card_of(client, commitment):
    response = client.get(f"{commitment.get_absolute_url()}card.svg")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    return ElementTree.fromstring(response.content)


def lines_on(card, css=""):
    texts = card.iter(f"{SVG}text")
    return [text.text for text in texts if not css or css in text.attrib["class"].split()]


def embed_of(client, commitment):
    return read(client, f"{commitment.get_absolute_url()}embed/")


@pytest.mark.django_db
class TestCard:
    def test_reader_sees_how_many_milestones_of_each_nation_are_at_each_level(self, client):
        commitment = CommitmentFactory(nations=["wls", "eng", "nir"])
        milestones = MilestoneFactory.create_batch(3, commitment=commitment)
        make_update(milestones[0], "completed", nations=["wls"])
        make_update(milestones[1], "limited", nations=["wls", "nir"])
        AssessmentFactory(commitment=commitment, completion="substantial", report__title="Results")

        card, page = card_of(client, commitment), embed_of(client, commitment)

        government = [
            "England (UK Government): Not reported 3",
            "Wales: Completed 1, Limited 1, Not reported 1",
            "Northern Ireland: Limited 1, Not reported 2",
        ]
        said = card.find(f"{SVG}desc").text
        assert "; ".join(government) in said
        assert "Assessor’s completion code: Substantial. Results." in said
        drawn = lines_on(card)
        start = drawn.index("Wales")
        assert drawn[start + 1 : start + 4] == ["Completed 1", "Limited 1", "Not reported 1"]
        framed = page.first("dl").facts()
        assert [f"{name}: {part[0].text()}" for name, part in framed.items()] == [
            line.replace(",", "") for line in government
        ]

    def test_reader_sees_beside_each_level_the_shape_that_says_it(self, client):
        milestone = MilestoneFactory(commitment=CommitmentFactory(nations=["eng"]))
        make_update(milestone, "substantial", nations=["eng"])

        card = card_of(client, milestone.commitment)

        (used,) = [use.attrib["href"] for use in card.iter(f"{SVG}use")]
        assert used == "#shape-substantial"
        assert [symbol.attrib["id"] for symbol in card.iter(f"{SVG}symbol")] == [used[1:]]

    def test_reader_of_a_commitment_of_which_nothing_is_recorded_is_told_so(self, client):
        commitment = CommitmentFactory()

        for words in ("This site does not have its milestones.", "No assessment recorded"):
            assert words in " ".join(lines_on(card_of(client, commitment)))
            assert words in embed_of(client, commitment).first("main").text()

    def test_reader_of_a_hostile_title_gets_whole_files_and_words_only(self, client):
        title = "\x01\x0b\ufffe\u202e\"></textarea><script>alert(1)</script> & 'ŵ' " + "long " * 90
        commitment = CommitmentFactory(title=title)

        drawn = lines_on(card_of(client, commitment), "title")
        page = page_of(client, commitment)
        framed = embed_of(client, commitment)

        assert len(drawn) == 3
        assert drawn[0].startswith("\"></textarea><script>alert(1)</script> & 'ŵ'")
        assert drawn[2].endswith("…")
        assert not page.scripts + framed.all("script")
        picture, frame = (Page("", area.text()) for area in page.all("textarea"))
        image = picture.first("a").first("img")
        assert image.attrs["alt"] == frame.first("iframe").attrs["title"]
        assert image.attrs["alt"].startswith("Status of ")
        assert escape(title[4:200]) in escape(image.attrs["alt"])

    def test_reader_who_opens_the_file_gets_its_own_style_and_nothing_else(self, client):
        response = client.get(f"{CommitmentFactory().get_absolute_url()}card.svg")

        rules = policy(response)
        assert rules["style-src"][0].startswith("'sha256-")
        assert (rules["default-src"], rules["frame-ancestors"]) == (["'none'"], ["'none'"])


@pytest.mark.django_db
class TestWhoMayKeepAndFrame:
    def test_other_sites_may_frame_the_page_made_for_it_and_no_other(self, client):
        own = CommitmentFactory().get_absolute_url()

        framed = client.get(f"{own}embed/")

        assert policy(framed)["frame-ancestors"] == ["*"]
        assert "X-Frame-Options" not in framed
        assert framed.wsgi_request.META.get("CSRF_COOKIE") is None
        for address in (own, f"{own}card.svg"):
            assert client.get(address)["X-Frame-Options"] == "DENY"

    # On PostgreSQL the version of the data changes when a transaction ends.
    @pytest.mark.django_db(transaction=True)
    def test_cache_keeps_a_copy_until_something_is_written(self, client):
        milestone = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK5999"))
        addresses = [f"/commitments/UK5999/{last}" for last in ("card.svg", "embed/")]
        kept = {address: client.get(address)["ETag"] for address in addresses}

        def ask_again():
            return [client.get(at, HTTP_IF_NONE_MATCH=etag) for at, etag in kept.items()]

        unchanged = ask_again()
        make_update(milestone, "limited", nations=[nation("eng")])
        changed = ask_again()

        assert [answer.status_code for answer in unchanged + changed] == [304, 304, 200, 200]
        for answer in unchanged + changed:
            assert answer["Cache-Control"] == "public, max-age=300"
            assert "Vary" not in answer


@pytest.mark.parametrize(
    "words",
    [
        "Open data and transparency of public procurement in all four nations",
        "Llywodraeth agored: cynllun gweithredu ar gyfer Cymru, £5m – ŵ ŷ",
        "W" * 200,
        "公開" * 60,
    ],
)
def test_long_words_are_broken_into_lines_that_fit(words):
    lines = lines_of(words, 20, 200, most=3)

    assert len(lines) <= 3
    assert all(width_of(line, 20) <= 200 for line in lines)
    assert "".join(lines).removesuffix("…").replace(" ", "") in words.replace(" ", "")


@pytest.mark.django_db
class TestPreview:
    def test_page_names_the_picture_and_the_words_that_stand_beside_a_link_to_it(self, client):
        milestone = MilestoneFactory(
            commitment=CommitmentFactory(title='Say "£5m"', nations=["wls"], ogp_id="UK5999")
        )
        make_update(milestone, "limited", nations=["wls"])

        page = page_of(client, milestone.commitment)
        metas = [meta.attrs for meta in page.all("meta") if "property" in meta.attrs]
        said = {attrs["property"]: attrs["content"] for attrs in metas}

        assert said["og:title"] == 'UK5999 Say "£5m"'
        assert said["og:url"] == "http://localhost/commitments/UK5999/"
        assert "Wales: Limited 1. Reported here. No assessment recorded." in said["og:description"]
        assert said["og:image"] == "http://localhost/commitments/UK5999/preview.png"
        size = said["og:image:width"], said["og:image:height"]
        own = client.get(urlsplit(said["og:image"]).path).content
        for content in (own, Path(finders.find("img/preview.png")).read_bytes()):
            assert tuple(map(str, Image.open(BytesIO(content)).size)) == size

    def test_pages_that_are_not_for_everybody_name_no_picture(self, client):
        for address, status in (("/nowhere/", 404), ("/accounts/login/", 200)):
            page = read(client, address, status=status)
            assert not [meta for meta in page.all("meta") if "property" in meta.attrs]

    def test_reader_of_the_picture_sees_the_letters_of_wales(self):
        letters = "£–“”’…€ŵŷŴŶâêîôûïẃẁ"

        drawn = {letter: bytes(font(88, bold=True).getmask(letter)) for letter in letters}

        missing = bytes(font(88, bold=True).getmask("\uffff"))
        assert missing not in drawn.values()
        assert len(set(drawn.values())) == len(letters)


@pytest.mark.django_db
class TestDescription:
    def test_program_finds_on_the_page_of_the_data_what_the_file_says(self, client):
        PlanFactory(start_date=date(2019, 10, 1), end_date=date(2021, 12, 31))
        nation("wls")

        described = client.get("/data/about.jsonld").json()
        page = read(client, "/data/")

        assert described["@type"] == "Dataset"
        assert described["temporalCoverage"] == "2019-10-01/2021-12-31"
        assert [place["identifier"] for place in described["spatialCoverage"]] == ["GB-WLS"]
        assert page.described == described
        assert described["creator"]["name"] == "Open Government Tracker"
        assert described["identifier"] == "http://localhost/data/"
        assert described["citation"].startswith("Open Government Tracker: “")
        variables = {one["propertyID"]: one for one in described["variableMeasured"]}
        assert variables["completion"]["description"]
        assert "Not started; Limited" in variables["level"]["description"]
        for file in described["distribution"]:
            answer = client.head(urlsplit(file["contentUrl"]).path)
            assert answer["Content-Type"].startswith(file["encodingFormat"])

    def test_program_finds_out_whose_promise_a_commitment_is(self, client):
        lead = InstitutionFactory(name="Cabinet Office & \x01others")
        title = "</script><!--<script>&\u2028Open up"
        commitment = CommitmentFactory(title=title, lead=lead)

        address = commitment.get_absolute_url()
        described = client.get(f"{address}about.jsonld").json()

        (organisation,) = described["creator"]
        assert organisation["@type"] == "GovernmentOrganization"
        assert organisation["name"] == "Cabinet Office & others"
        page = page_of(client, commitment)
        assert page.described == described
        assert described["name"] == "</script><!--<script>& Open up"
        (block,) = page.all("script")
        assert not set("<>&\u2028") & set("".join(block.inside))

    def test_program_reads_the_way_to_a_milestone_from_its_crumbs(self, client):
        milestone = MilestoneFactory()

        steps = page_of(client, milestone).all(itemprop="itemListElement")
        assert [
            (
                step.first("meta", itemprop="position").attrs["content"],
                step.first("a", itemprop="item").attrs["href"],
            )
            for step in steps
        ] == [
            ("1", "/"),
            ("2", "/commitments/"),
            ("3", milestone.commitment.get_absolute_url()),
        ]
