import os

import pytest
from hypothesis import settings as hypothesis_settings

from tests.chromium import find_chromium
from tests.environment import STRICT

# Examples are not timed: a busy machine is not a fault. In the strict run they are the same every
# time, so that it fails for a change and not by chance.
hypothesis_settings.register_profile(
    "tracker", deadline=None, derandomize=STRICT, max_examples=100 if STRICT else 25
)
hypothesis_settings.load_profile("tracker")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the system's Chromium; pytest-playwright would look for a download of its own."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: set CHROMIUM to the path of one")
    # Chromium's sandbox does not work for root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": sandbox}
