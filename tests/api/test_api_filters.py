"""Lists are narrowed down as on the pages; what cannot be understood is refused in words."""

from json import dumps

import pytest
from django.test import TestCase

from ogp_tracker.api.parameters import values_of
from ogp_tracker.api.resources import RESOURCES
from ogp_tracker.common.either import EitherFilter
from tests.api_pages import ask, wrong
from tests.factories import (
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    make_update,
    nation,
)
from tests.pages import listed
from tests.site.test_page_queries import World

FILTERS = {resource.name: resource.filters for resource in RESOURCES}


def found(client, address, field="commitment_id"):
    return [row[field] for row in ask(client, address)["results"]]


@pytest.mark.slow
class TestAsOnThePages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = World()
        cls.world.grow()

    def test_same_choices_find_the_same_commitments(self):
        for address in self.world.chosen_lists():
            query = address.partition("?")[2]
            if address.startswith("/commitments/"):
                choices = dict(pair.split("=") for pair in query.split("&"))
                on_page = listed(self.client, **choices)
                assert found(self.client, f"commitments/?{query}") == on_page
                assert on_page
            else:
                assert found(self.client, f"assessments/?{query}")

    def test_a_filter_given_twice_finds_what_either_finds(self):
        compared = set()
        for resource in RESOURCES:
            for name, one in (resource.filters.base_filters if resource.filters else {}).items():
                address = f"{resource.name}/?page_size=500&{name}="
                values = values_of(one.field) or ["1", "2"]
                if not isinstance(one, EitherFilter):
                    assert name in wrong(self.client, f"{address}{f'&{name}='.join(values)}")
                    continue
                found = [ask(self.client, f"{address}{value}")["results"] for value in values]
                both = ask(self.client, f"{address}{f'&{name}='.join([*values, values[0]])}")
                each = {dumps(row) for rows in found for row in rows}
                assert sorted(map(dumps, both["results"])) == sorted(each), address
                compared |= {name} if sum(map(bool, found)) > 1 else set()
        assert compared >= {"nation", "plan", "level", "area", "milestone_number", "kind"}

    def test_address_of_a_page_with_choices_left_empty_can_be_taken_as_it_is(self):
        query = "nation=sct&plan=&institution=&area=&level=&completion=&sort=title"
        on_page = listed(self.client, nation="sct", sort="title")

        assert found(self.client, f"commitments/?{query}") == on_page


@pytest.mark.django_db
def test_lists_are_narrowed_down_by_the_keys_of_other_tables(client):
    finding = FindingFactory()
    milestone, report = finding.milestone, finding.assessment.report
    make_update(milestone)
    FindingFactory()
    make_update(MilestoneFactory(commitment=milestone.commitment))
    slug = milestone.commitment.slug
    lead = milestone.commitment.involvements.get().institution

    assert found(client, f"milestones/?commitment_id={slug}") == [slug, slug]
    assert found(client, f"updates/?commitment_id={slug}&milestone_number=1") == [slug]
    assert found(client, f"updates/?institution_id={lead.slug}") == [slug, slug]
    assert found(client, f"findings/?report_id={report.slug}") == [slug]
    assert found(client, f"findings/?commitment_id={slug}&milestone_number=2") == []
    assert found(client, f"assessments/?report_id={report.slug}&commitment_id={slug}") == [slug]
    assert found(client, f"reports/?plan_id={report.plan.slug}", "report_id") == [report.slug]


@pytest.mark.django_db
def test_institutions_are_narrowed_down_by_nation(client):
    InstitutionFactory(slug="scottish", nation=nation("sct"))
    InstitutionFactory(nation=nation("wls"))

    assert found(client, "institutions/?nation_code=sct", "institution_id") == ["scottish"]


@pytest.mark.django_db
def test_every_wrong_parameter_is_told_at_once_with_what_would_be_right(client):
    nation("sct")
    nation("eng")
    query = "nation=xx&level=9&page_size=0&colour=red&sort=id&sort=title"

    assert wrong(client, f"commitments/?{query}") == {
        "nation": "“xx” is not a valid value for “nation”. Use eng or sct.",
        "level": "“9” is not a valid value for “level”. Use"
        " not_reported, partly_reported, level_not_given, not_started, limited, substantial,"
        " completed, on_hold, withdrawn or merged.",
        "page_size": "“0” is not a valid page size. Use a whole number from 1 to 500.",
        "colour": "“colour” is not a parameter. Use"
        " nation, plan, institution, area, level, completion, sort, cursor or page_size.",
        "sort": "“sort” appears 2 times. Use it once.",
    }


SIZE = "is not a valid page size. Use a whole number from 1 to 500."
NUMBER = "is not a valid value for “milestone_number”. Use a whole number from 0 to 32767."
NO_PARAMETER = "is not a parameter."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("plans/?page_size=501", f"“501” {SIZE}"),
        ("plans/?page_size=", f"“” {SIZE}"),
        ("plans/?page_size=٣", f"“٣” {SIZE}"),
        ("plans/?page_size=1e1", f"“1e1” {SIZE}"),
        (f"plans/?page_size={'9' * 5000}", f"“{'9' * 60}…” {SIZE}"),
        ("plans/?nation=sct", f"“nation” {NO_PARAMETER} Use cursor or page_size."),
        ("?x=1", f"“x” {NO_PARAMETER} Remove it."),
        ("nations/sct/?x=1", f"“x” {NO_PARAMETER} Remove it."),
        ("schema/?x=1", f"“x” {NO_PARAMETER} Remove it."),
        ("reports/?plan_id=a%00b", "“plan_id” contains a NUL character. Remove it."),
        ("reports/?plan_id=x", "“x” is not a valid value for “plan_id”. No value can be used yet."),
        ("updates/?milestone_number=x", f"“x” {NUMBER}"),
        ("updates/?milestone_number=", f"“” {NUMBER}"),
        ("updates/?milestone_number=99999", f"“99999” {NUMBER}"),
        (
            "commitments/?sort=size",
            "“size” is not a valid value for “sort”. Use plan, id, title or reported.",
        ),
    ],
)
def test_wrong_parameter_is_refused_in_words(client, address, sentence):
    assert list(wrong(client, address).values()) == [sentence]


@pytest.mark.django_db
def test_long_list_of_possible_values_is_cut(client):
    for number in range(45):
        CommitmentFactory(ogp_id=f"UK{1000 + number}")

    said = wrong(client, "milestones/?commitment_id=UK1")["commitment_id"]

    assert "UK1000, UK1001" in said
    assert said.endswith("UK1039.")
