"""Who reports on a milestone of Scotland and Wales, unless a file has a milestone of its own."""

import pytest

from tests.factories import CommitmentFactory, MilestoneFactory, lead_of, officer_of
from tests.signing_in import sign_in


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))


@pytest.fixture
def account(milestone):
    return officer_of(lead_of(milestone.commitment), username="officer")


@pytest.fixture
def officer(client, account):
    return sign_in(client, account)
