"""Who reports on a milestone of Scotland and Wales, unless a file has a milestone of its own."""

import pytest

from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    contact_for,
    lead_of,
    officer_of,
)
from tests.signing_in import sign_in


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))


@pytest.fixture
def institution(milestone):
    return lead_of(milestone.commitment)


@pytest.fixture
def account(institution):
    return officer_of(institution, username="officer")


@pytest.fixture
def officer(client, account):
    return sign_in(client, account)


@pytest.fixture
def rhona(institution):
    """A reporter of the institution."""
    return officer_of(institution, username="rhona", first_name="Rhona", last_name="Reid")


@pytest.fixture
def lead(institution):
    """A lead of the institution, who signs off."""
    return officer_of(institution, "lead", username="lena", first_name="Lena", last_name="Law")


@pytest.fixture
def office():
    return InstitutionFactory(name="Office of Openness")


@pytest.fixture
def contact(client, milestone):
    return sign_in(client, contact_for(milestone.commitment))
