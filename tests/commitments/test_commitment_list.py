"""The list of commitments: choices that combine and can be taken back; its order, pages, lines."""

from urllib.parse import parse_qs, urlsplit

import pytest

from commitments.models import Involvement
from commitments.views import ROWS_PER_PAGE
from milestones import services
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    PolicyAreaFactory,
    ReportFactory,
    days_ago,
    make_update,
    nation,
    nations,
)
from tests.once import once
from tests.pages import ids_on, line_of, listed, page_with, read

pytestmark = pytest.mark.django_db

LIST = "/commitments/"
NAMES = ["nation", "plan", "institution", "area", "level", "completion", "sort"]


@once
def cast():
    """Three commitments that differ in everything, and a draft that would pass every choice."""
    ministry = InstitutionFactory(slug="ministry", name="Ministry")
    area = PolicyAreaFactory(slug="openness", name="Openness")
    new, old = PlanFactory(slug="new"), PlanFactory(slug="old", closed=True)
    scottish = CommitmentFactory(ogp_id="UK1", plan=new, nations=["sct"], lead=ministry)
    both = CommitmentFactory(ogp_id="UK2", plan=old, nations=["sct", "wls"])
    InvolvementFactory(
        commitment=both, institution=ministry, role=Involvement.Role.SUPPORT_GOVERNMENT
    )
    unknown = CommitmentFactory(ogp_id="UK3", plan=None, nations=["wls"])
    draft = CommitmentFactory(ogp_id="UK4", plan=new, lead=ministry, draft=True)
    for commitment in (scottish, unknown, draft):
        commitment.policy_areas.add(area)
    make_update(MilestoneFactory(commitment=scottish), "limited")
    step = MilestoneFactory(commitment=both)
    make_update(step, "completed", nations=["sct"], as_of=days_ago(500))
    make_update(MilestoneFactory(commitment=draft), "limited")
    AssessmentFactory(commitment=scottish, completion="limited")
    AssessmentFactory(commitment=both, completion="", early_results="moderate")
    AssessmentFactory(commitment=unknown, completion="complete", draft=True)
    for_comment = ReportFactory(stage="public_comment")
    AssessmentFactory(commitment=unknown, completion="complete", report=for_comment)


@pytest.mark.usefixtures("cast")
class TestChoices:
    @pytest.mark.parametrize(
        ("choices", "expected"),
        [
            ({}, {"UK1", "UK2", "UK3"}),
            ({"nation": "sct"}, {"UK1", "UK2"}),
            ({"nation": "wls"}, {"UK2", "UK3"}),
            ({"plan": "new"}, {"UK1"}),
            ({"plan": "old"}, {"UK2"}),
            ({"institution": "ministry"}, {"UK1", "UK2"}),
            ({"area": "openness"}, {"UK1", "UK3"}),
            ({"level": "limited"}, {"UK1"}),
            ({"level": "completed"}, set()),
            ({"level": "completed", "nation": "sct"}, {"UK2"}),
            ({"level": "partly_reported"}, {"UK2"}),
            ({"level": "completed", "nation": "wls"}, set()),
            ({"level": "not_reported", "nation": "wls"}, {"UK2"}),
            ({"level": "not_reported", "nation": "sct"}, set()),
            ({"level": "substantial"}, set()),
            ({"completion": "limited"}, {"UK1"}),
            ({"completion": "none"}, {"UK2", "UK3"}),
            ({"completion": "complete"}, set()),
            ({"nation": "sct", "institution": "ministry", "plan": "new"}, {"UK1"}),
            ({"nation": "wls", "area": "openness"}, {"UK3"}),
            ({"institution": "ministry", "completion": "none"}, {"UK2"}),
            ({"nation": "wls", "plan": "new"}, set()),
        ],
    )
    def test_reader_narrows_the_list_down_by_choices_of_which_each_has_to_be_passed(
        self, client, choices, expected
    ):
        found = listed(client, **choices)

        assert set(found) == expected
        assert len(found) == len(expected)

    def test_reader_does_not_find_a_part_that_does_not_apply_among_those_not_reported(self, client):
        other = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK5", nations=["nir"]))
        assert listed(client, nation="nir", level="not_reported") == ["UK5"]

        services.set_applicability(other, nation("nir"), applies=False, reason="Not devolved")

        assert listed(client, nation="nir", level="not_reported") == []

    def test_reader_is_told_how_many_there_are_and_what_to_do_if_there_are_none(self, client):
        assert page_with(client).first(css="result-line").text() == "3 commitments"
        assert page_with(client, plan="new").first(css="result-line").text() == "1 commitment"
        none = page_with(client, plan="new", nation="wls")
        assert none.first(css="result-line").text() == "0 commitments"
        assert "Take one away to see more." in none.first("main").text()

    def test_reader_finds_the_choices_in_the_form_and_in_the_title(self, client):
        page = page_with(client, nation="sct", level="completed", sort="title")

        chosen = {
            select.attrs["name"]: option.attrs["value"]
            for select in page.first("form", "filters").all("select")
            for option in select.all("option")
            if "selected" in option.attrs
        }
        assert chosen == dict.fromkeys(NAMES, "") | {
            "nation": "sct",
            "level": "completed",
            "sort": "title",
        }
        assert page.title.startswith("Commitments: Scotland, Completed")
        assert page.first("form", "filters").attrs["method"] == "get"
        for select in page.first("form", "filters").all("select"):
            assert page.first("label", **{"for": select.attrs["id"]}).text()

    def test_reader_takes_choices_back_one_by_one(self, client):
        choices = {"nation": "sct", "institution": "ministry", "level": "completed"}
        page = page_with(client, **choices, sort="title", page="1")

        links = {link.text(): link.attrs["href"] for link in page.first(css="inline-list").all("a")}
        assert list(links) == [
            "remove Delivered in: Scotland",
            "remove Institution: Ministry",
            "remove A milestone is: Completed",
        ]
        for name, address in zip(choices, links.values(), strict=True):
            left = {key: value for key, value in choices.items() if key != name}
            assert parse_qs(urlsplit(address).query) == {
                key: [value] for key, value in (left | {"sort": "title"}).items()
            }
            assert set(ids_on(read(client, address))) == set(listed(client, **left))

    def test_reader_takes_all_choices_back_at_once(self, client):
        (link,) = page_with(client, nation="sct", level="limited").first(css="actions").all("a")

        assert link.attrs["href"] == LIST
        assert not read(client, LIST).first(css="actions").all("a")
        assert not read(client, LIST).all(css="inline-list")


@pytest.mark.usefixtures("cast")
class TestUnknownValues:
    @pytest.mark.parametrize("value", ["nonsense", "\x00", "'; --", "9" * 3000, "😀"])
    def test_reader_who_changes_the_address_is_told_which_choices_are_unknown(self, client, value):
        page = page_with(client, **dict.fromkeys(NAMES, value))

        assert set(ids_on(page)) == {"UK1", "UK2", "UK3"}
        for name in NAMES:
            field = page.first("select", name=name)
            assert field.attrs["aria-invalid"] == "true"
            error = page.first("form", "filters").first(id=field.attrs["aria-describedby"])
            assert "This filter is not applied." in error.text()

    def test_reader_keeps_the_choices_that_are_understood(self, client):
        page = page_with(client, nation="sct", level="nonsense", plan="gone")

        assert set(ids_on(page)) == {"UK1", "UK2"}
        assert len(page.all("ul", "error")) == 2
        removable = [link.text() for link in page.first(css="inline-list").all("a")]
        assert removable == ["remove Delivered in: Scotland"]

    def test_reader_who_leaves_choices_empty_sees_everything_and_no_error(self, client):
        page = page_with(client, **dict.fromkeys(NAMES, ""))

        assert set(ids_on(page)) == {"UK1", "UK2", "UK3"}
        assert not page.all("ul", "error")


# Lines


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
        for order in ("plan", "id", "title", "reported"):
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
            found = page_with(client, nation="sct", page=asked).first("nav", "pagination").text()
            assert f"Page {2 if asked in last else 1} of 2" in found

    def test_reader_of_a_short_list_finds_no_pages_to_turn(self, client):
        CommitmentFactory()

        assert not read(client, LIST).all("nav", "pagination")


class TestCountsInLines:
    def test_reader_of_a_nation_finds_the_counts_of_that_nation(self, client):
        commitment = CommitmentFactory(nations=["sct", "wls"])
        for level in ("completed", "limited"):
            make_update(MilestoneFactory(commitment=commitment), level, nations=["sct"])
        MilestoneFactory(commitment=commitment)

        def counts(address, term):
            line = line_of(client, commitment, address)
            return [row.text() for row in line.pairs()[term].all("li")]

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
        assert "Part played here: Lead and Partner" in line
