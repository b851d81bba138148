"""Who takes part in the sign-off of a report."""

import pytest

from tests.factories import CommitmentFactory, MilestoneFactory, PlanFactory, lead_of, officer_of
from tests.milestones.sign_off.pages import submitted


@pytest.fixture
def milestone():
    plan = PlanFactory(needs_sign_off=True)
    return MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=["sct", "wls"]))


@pytest.fixture
def institution(milestone):
    return lead_of(milestone.commitment)


@pytest.fixture
def reporter(institution):
    return officer_of(institution, username="rhona", first_name="Rhona", last_name="Reid")


@pytest.fixture
def lead(institution):
    return officer_of(institution, "lead", username="lena", first_name="Lena", last_name="Law")


@pytest.fixture
def update(milestone, reporter):
    return submitted(milestone, by=reporter)
