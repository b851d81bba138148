"""An answer of the API asks the database as often for many rows as for one, and seldom."""

import pytest

from tests.api_pages import API, LISTS
from tests.pages import queries_of
from tests.site.test_page_queries import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# The version, two for the rows, three for the rows inside, and one for each choice of a filter.
LIMIT = 6
FILTERS = 4


def addresses(world):
    commitment, report = world.commitment.slug, world.reports[0].slug
    update = world.milestone.updates.order_by("pk").first().uid
    return [
        "",
        *LISTS,
        f"commitments/{commitment}/",
        f"milestones/{commitment}/{world.milestone.number}/",
        f"updates/{update}/",
        f"institutions/{world.lead.slug}/",
        f"plans/{world.plan.slug}/",
        f"reports/{report}/",
        f"assessments/{report}/{commitment}/",
        f"findings/{report}/{commitment}/{world.milestone.number}/",
        "nations/sct/",
        "codebook/completion/",
        "schema/",
        *(choices.lstrip("/") for choices in world.chosen_lists()),
    ]


def test_answer_asks_no_more_for_many_rows_than_for_one(client):
    world = World()
    for_one = {one: queries_of(client, f"{API}{one}") for one in addresses(world)}
    world.grow()
    for_many = {one: queries_of(client, f"{API}{one}") for one in addresses(world)}

    assert for_many == for_one
    for address, asked in for_many.items():
        assert asked <= LIMIT + (FILTERS if "?" in address else 0), address
