"""Beside every count of milestones stands for how many commitments there are any."""

import pytest

from tests.factories import CommitmentFactory, InstitutionFactory, MilestoneFactory, PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SAID = "Milestones are recorded here for 1 of 3 commitments."


@pytest.mark.parametrize(
    "address",
    [
        *("/nations/", "/nations/sct/", "/plans/", "/plans/a-plan/"),
        *("/institutions/an-office/", "/commitments/?nation=sct"),
    ],
)
def test_reader_sees_that_the_counts_are_of_one_commitment_of_three(client, address):
    plan, office = PlanFactory(slug="a-plan"), InstitutionFactory(slug="an-office")
    promised = {"plan": plan, "lead": office, "nations": ["sct"]}
    first, *_others = (CommitmentFactory(**promised) for _ in range(3))
    MilestoneFactory(commitment=first)
    MilestoneFactory(commitment=first)
    MilestoneFactory(commitment=CommitmentFactory(**promised, published_on=None))

    assert SAID in client.get(address).text
