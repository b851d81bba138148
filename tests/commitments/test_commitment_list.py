"""The list of commitments: choices that combine, stay in the address and can be taken back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from commitments.models import Involvement
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
)
from tests.once import once
from tests.pages import ids_on, listed, page_with, read

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
    unknown = CommitmentFactory(ogp_id="UK3", plan=None, nations=["wls"])
    for one in (ministry, InstitutionFactory(slug="helper")):
        supports = Involvement.Role.SUPPORT_GOVERNMENT
        InvolvementFactory(commitment=unknown, institution=one, role=supports)
    draft = CommitmentFactory(ogp_id="UK4", plan=new, lead=ministry, draft=True)
    for commitment in (scottish, unknown, draft):
        commitment.policy_areas.add(area)
    make_update(MilestoneFactory(commitment=scottish), "limited")
    step = MilestoneFactory(commitment=both, lead=ministry)
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
            ({"nation": ["sct", "wls"]}, {"UK1", "UK2", "UK3"}),
            ({"plan": ["new", "old"], "area": ["openness", "openness"]}, {"UK1"}),
            ({"institution": ["ministry", "ministry"], "level": ["limited", "merged"]}, {"UK1"}),
            ({"nation": ["sct", "wls"], "level": ["limited", "completed"]}, {"UK1", "UK2"}),
            ({"completion": ["limited", "none"]}, {"UK1", "UK2", "UK3"}),
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
        page, new = page_with(client), page_with(client, plan="new")
        none = page_with(client, plan="new", nation="wls")
        assert [one.first(css="result-line").text() for one in (page, new, none)] == [
            "3 commitments, progress known for 2.",
            *("1 of 3 commitments match.", "0 of 3 commitments match."),
        ]
        assert "Remove one to see more." in none.first("main").text()
        found = "An assessor’s completion code is recorded here for 2 of 3 commitments."
        assert found in page.first("main").text()

    def test_reader_is_offered_only_those_who_lead_and_sees_filters_unfolded_once_used(
        self, client
    ):
        page = page_with(client)
        offered = page.first("select", name="institution").all("option")
        assert {one.attrs["value"] for one in offered} >= {"", "ministry"}
        assert "helper" not in {one.attrs["value"] for one in offered}
        assert "open" not in page.first("details", "filter-fold").attrs
        for used in ({"nation": "sct"}, {"nation": "nonsense"}):
            assert "open" in page_with(client, **used).first("details", "filter-fold").attrs

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

    def test_reader_of_either_of_two_sees_both_in_the_form_the_title_and_the_download(self, client):
        page = page_with(client, level=["limited", "partly_reported"], plan=["old", "new"])

        selects = {select.attrs["name"]: select for select in page.all("select")}
        several = {name for name, select in selects.items() if "multiple" in select.attrs}
        assert several == {"level", "plan"}
        chosen = {one.text() for one in selects["level"].all("option") if "selected" in one.attrs}
        assert chosen == {"Limited", "Partly reported"}
        assert "Limited or Partly reported" in page.title
        assert "A milestone is: Limited or Partly reported" in page.first("main").text()
        link = page.first("p", "download").first("a").attrs["href"]
        assert parse_qs(urlsplit(link).query) == {
            "level": ["limited", "partly_reported"],
            "plan": ["old", "new"],
        }

    def test_reader_is_told_that_a_list_has_one_order(self, client):
        page = page_with(client, sort=["id", "title"])

        assert "Choose only one. This filter is not applied." in page.first("ul", "error").text()

    def test_reader_takes_choices_back_one_by_one(self, client):
        choices = {"nation": "sct", "institution": "ministry", "level": "completed"}
        page = page_with(client, **choices, sort="title", page="1")

        links = {link.text(): link.attrs["href"] for link in page.first(css="inline-list").all("a")}
        assert list(links) == [
            "remove Delivered in: Scotland",
            "remove Led by: Ministry",
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
