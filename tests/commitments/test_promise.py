"""Which sentence of a commitment a page quotes."""

import pytest

from commitments.promise import promise_in


@pytest.mark.parametrize(
    ("objective", "quoted"),
    [
        ("", ""),
        ("We did. We will *do* more. [1] We will rest.", "We will do more."),
        ("To publish data", "To publish data"),
        ("Data, e.g. The register, is closed. It is.", "Data, e.g. The register, is closed."),
        ("The aims:\n\n- first aim\n- it will be open", "it will be open"),
        (f"It {'very ' * 60}will.", f"It {'very ' * 47}…"),
    ],
)
def test_the_sentence_that_promises_is_quoted(objective, quoted):
    assert promise_in(objective) == quoted
