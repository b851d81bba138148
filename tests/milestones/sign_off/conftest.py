"""Who takes part in the sign-off of a report."""

import pytest

from tests.milestones.sign_off.pages import submitted
from tests.signing_in import sign_in


@pytest.fixture
def update(milestone, rhona):
    return submitted(milestone, by=rhona)


@pytest.fixture
def signer(client, lead):
    return sign_in(client, lead)
