"""Who takes part in the sign-off of a report."""

import pytest

from tests.milestones.sign_off.pages import submitted


@pytest.fixture
def update(milestone, rhona):
    return submitted(milestone, by=rhona)
