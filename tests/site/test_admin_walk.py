"""Colleagues with every role there is walk through the whole Admin section."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model

from commitments.models import Commitment, Institution, Nation
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address
from tests.colleagues import Colleagues
from tests.factories import (
    CommitmentFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReminderFactory,
    make_correction,
    make_update,
    nations,
)
from tests.pages import queries_of
from tests.search.found_rows import make_one_of_each

Account = get_user_model()

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("one_minute")]

OURS = ("commitments", "milestones", "irm")
MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)


def fill(colleagues, rows=1):
    """Make so many rows of every model, drafts and published ones; let the colleagues see them."""
    nations()
    for _number in range(rows):
        made = make_one_of_each("words")
        commitment, milestone = made[Commitment], made[Milestone]
        commitment.policy_areas.add(PolicyAreaFactory())
        commitment.values_claimed.add(OGPValueFactory())
        ReminderFactory()
        InvolvementFactory(commitment=commitment)
        make_correction(made[ProgressUpdate], "limited")
        make_update(milestone, "substantial", publish=False)
        MembershipFactory()
        MilestoneFactory(commitment=CommitmentFactory(draft=True))
    colleagues.take_part()


@pytest.fixture
def colleagues():
    return Colleagues()


def test_every_model_of_ours_has_its_section():
    ours = {model for label in OURS for model in apps.get_app_config(label).get_models()}

    without = {model.__name__ for model in ours - set(MODELS)}

    # What an officer has chosen and not yet sent is hers alone; `clear_uploads` looks after it.
    # The steps of an update or reply are on its page, roles on that of their account. Former
    # addresses and what was taken off the public site come from the buttons of a commitment, and
    # readers see them.
    assert {name for name in without if not name.startswith("Historical")} == {
        "EvidenceUpload",
        "Membership",
        "UpdateStep",
        "ReplyStep",
        "FormerSlug",
        "Unpublication",
    }


@pytest.mark.walk
def test_colleagues_search_and_use_every_filter_of_every_list(colleagues):
    fill(colleagues)
    for model in MODELS:
        section, client = admin.site.get_model_admin(model), colleagues.of(model)
        found = client.get(address(model, "changelist"), {"q": "no such words 98765"})
        assert found.context["cl"].result_count == 0, model
        page = client.get(address(model, "changelist"))
        changelist = page.context["cl"]
        queries = [
            choice["query_string"]
            for spec in changelist.filter_specs
            for choice in spec.choices(changelist)
        ]
        queries.append("?_facets=True")
        if section.date_hierarchy:
            queries += map(unescape, re.findall(r'href="(\?[^"]*__year=[^"]*)"', page.text))
        # To choose nothing is a choice of every filter, and the same page.
        for query in dict.fromkeys(queries):
            answer = client.get(address(model, "changelist") + query)
            assert answer.status_code == 200, (model, query)


def test_empty_list_says_so_and_how_to_begin(colleagues):
    for model in MODELS:
        if model in {Account, Institution, Nation}:
            continue
        page = colleagues.of(model).get(address(model, "changelist"))
        assert "There are no " in page.text, model

    searched = colleagues.of(MODELS[0]).get(address(MODELS[0], "changelist"), {"q": "nothing"})
    assert "Nothing fits the search and the filters." in searched.text


def test_lists_ask_no_more_queries_for_many_rows_than_for_few(colleagues):
    def counts():
        return {
            model: queries_of(colleagues.of(model), address(model, "changelist"))
            for model in MODELS
        }

    fill(colleagues, 2)
    counts()
    few = counts()
    fill(colleagues, 4)
    many = counts()

    assert many == few
    page = colleagues.of(Commitment).get(address(Commitment, "changelist"))
    assert page.context["cl"].result_count >= 12
