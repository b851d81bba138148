"""The lines of a list of commitments: their order, their pages and what each says."""

from urllib.parse import parse_qs, urlsplit

import pytest

from commitments.by_plan import page_bounds
from commitments.views import ROWS_PER_PAGE
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_document,
    make_update,
    nations,
)
from tests.pages import ids_on, line_of, listed, page_with, read

pytestmark = pytest.mark.django_db

LIST = "/commitments/"


class TestOrder:
    def test_reader_sorts_by_plan_id_title_or_latest_report(self, client):
        new = PlanFactory(end_date=days_ago(-200))
        old = PlanFactory(end_date=days_ago(-100))
        for number, (ogp_id, plan, title, day) in enumerate(
            [
                ("UK3", new, "Aims", 40),
                ("UK1", new, "Deeds", 20),
                ("UK2", old, "Budgets", 30),
                ("UK4", None, "Contracts", None),
            ]
        ):
            row = CommitmentFactory(
                ogp_id=ogp_id, plan=plan, title=title, order=number if plan else None
            )
            if day:
                step = MilestoneFactory(commitment=row)
                make_update(step, as_of=days_ago(day))
                make_update(step, "completed", as_of=days_ago(1), publish=False)

        assert listed(client, sort="plan") == ["UK3", "UK1", "UK2", "UK4"]
        assert listed(client) == listed(client, sort="plan")
        assert listed(client, nation="sct") == listed(client, sort="plan")
        assert listed(client, sort="id") == ["UK1", "UK2", "UK3", "UK4"]
        assert listed(client, sort="title") == ["UK3", "UK2", "UK4", "UK1"]
        assert listed(client, sort="reported") == ["UK1", "UK2", "UK3", "UK4"]


class TestPaging:
    @pytest.fixture
    def many(self):
        """More commitments in Scotland than one page holds, and one elsewhere."""
        plan, lead = PlanFactory(slug="plan"), InstitutionFactory()
        CommitmentFactory.create_batch(
            ROWS_PER_PAGE + 2, plan=plan, lead=lead, nations=["sct"], title="Same title"
        )
        CommitmentFactory(plan=plan, lead=lead, nations=["wls"])

    @pytest.mark.usefixtures("many")
    def test_reader_turns_pages_and_keeps_the_choices(self, client):
        for order in ("id", "title", "reported"):
            choices = {"nation": "sct", "plan": "plan", "sort": order}
            first = page_with(client, **choices)
            (following,) = first.all("a", rel="next")

            query = parse_qs(urlsplit(following.attrs["href"]).query)
            assert query == {name: [value] for name, value in (choices | {"page": "2"}).items()}
            second = read(client, LIST + following.attrs["href"])
            assert len(ids_on(first)) == ROWS_PER_PAGE
            assert len(ids_on(second)) == 2
            assert len({*ids_on(first), *ids_on(second)}) == ROWS_PER_PAGE + 2
            assert "Page 2 of 2" in second.first("nav", "pagination").text()
            assert "(page 2)" in second.title
            (back,) = second.all("a", rel="prev")
            assert ids_on(read(client, LIST + back.attrs["href"])) == ids_on(first)

    @pytest.mark.usefixtures("many")
    def test_reader_who_asks_for_a_page_that_is_not_there_gets_one_that_is(self, client):
        last, first = ("0", "-1", "999"), ("9" * 5000, "x", "\x00", "")
        for asked in (*last, *first):
            page = page_with(client, nation="sct", page=asked, sort="id")
            found = page.first("nav", "pagination").text()
            assert f"Page {2 if asked in last else 1} of 2" in found

    def test_reader_of_a_short_list_finds_no_pages_to_turn(self, client):
        CommitmentFactory()

        assert not read(client, LIST).all("nav", "pagination")


class TestPlans:
    @pytest.mark.parametrize(
        ("sizes", "bounds"),
        [
            ([], [(0, 0)]),
            ([3, 2], [(0, 5)]),
            ([3, 2, 1], [(0, 5), (5, 6)]),
            ([4, 4], [(0, 4), (4, 8)]),
            ([1, 12, 2], [(0, 1), (1, 6), (6, 11), (11, 15)]),
            ([5, 5], [(0, 5), (5, 10)]),
        ],
    )
    def test_page_holds_whole_plans_and_only_one_too_large_is_split(self, sizes, bounds):
        assert page_bounds(sizes, 5) == bounds

    def test_reader_finds_each_plan_under_its_heading_and_turns_pages_between_plans(
        self, client, monkeypatch
    ):
        monkeypatch.setattr("commitments.by_plan.MOST_ON_A_PAGE", 3)
        new, old = (
            PlanFactory(slug=name, end_date=days_ago(day)) for name, day in (("a", 1), ("b", 9))
        )
        told, _silent, other = (CommitmentFactory(plan=plan) for plan in (new, new, old))
        CommitmentFactory(plan=None)
        make_update(MilestoneFactory(commitment=told), "limited")
        MilestoneFactory(commitment=other)

        first, second = page_with(client), page_with(client, page="2")
        assert "Page 1 of 2" in first.first("nav", "pagination").text()
        said = [plan.first("p").text() for plan in first.all("section", "plan")]
        assert said == [
            "United Kingdom. 2 commitments, progress known for 1.",
            "United Kingdom. 1 commitment, progress known for 0.",
        ]
        quiet = first.all("section", "plan")[1].first("ul", "compact").text()
        assert "1 milestone, without an update. No assessment recorded" in quiet
        assert first.first("h3", "quiet").text() == "1 more, with no progress recorded here"
        (heading,) = second.all("h2", id="plan-")
        assert heading.text() == "Action plan not recorded"


class TestCountsInLines:
    def test_reader_of_a_nation_finds_the_counts_of_that_nation(self, client):
        commitment = CommitmentFactory(nations=["sct", "wls"])
        for level in ("completed", "limited"):
            make_update(MilestoneFactory(commitment=commitment), level, nations=["sct"])
        MilestoneFactory(commitment=commitment)

        def counts(address, head):
            progress = line_of(client, commitment, address).first("td")
            assert progress.first(css="cell-label").inside == [head]
            assert "3 milestones:" in progress.text()
            return [row.text() for row in progress.all("li")]

        one_each = ["Completed 1", "Limited 1", "Not reported 1"]
        assert counts("/nations/sct/", "Progress in Scotland") == one_each
        assert counts("/nations/wls/", "Progress in Wales") == ["Not reported 3"]
        in_all = ["Partly reported 2", "Not reported 1"]
        assert counts(LIST, "Progress") == in_all
        assert counts(commitment.plan.get_absolute_url(), "Progress") == in_all

    def test_reader_finds_who_leads_where_it_is_delivered_and_in_which_plan(self, client):
        nations()
        commitment = CommitmentFactory(
            nations=["wls", "sct"], lead=InstitutionFactory(name="Ministry")
        )

        line = line_of(client, commitment).text()
        assert "Led by Ministry." in line
        assert "Nations: Scotland and Wales." in line
        assert f"{commitment.plan}." in line
        on_plan = line_of(client, commitment, commitment.plan.get_absolute_url()).text()
        assert str(commitment.plan) not in on_plan

    def test_reader_of_an_institution_finds_the_part_it_plays(self, client):
        commitment = CommitmentFactory()
        lead = commitment.involvements.get().institution
        InvolvementFactory(commitment=commitment, institution=lead)

        line = line_of(client, commitment, lead.get_absolute_url()).text()
        assert "Lead and Partner." in line
        make_update(commitment)
        line = line_of(client, commitment, lead.get_absolute_url()).text()
        assert "Its role: Lead and Partner." in line


def test_reader_of_a_list_sees_what_government_says_of_the_whole_and_one_nation_as_one(client):
    commitment = CommitmentFactory(nations=["wls"])
    make_update(commitment, "completed", source=make_document("The report"))

    line = line_of(client, commitment).text()
    assert "Nation: Wales." in line
    assert "Completed our reading On the whole commitment, " in line
