"""What officers paste from Word is shown as they saw it there."""

import pytest

from ogp_tracker.common.pasted import clean_pasted
from ogp_tracker.common.prose import to_html


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("• First\r\n•\tSecond", "<ul>\n<li>First</li>\n<li>Second</li>\n</ul>\n"),
        ("One.\r\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("We held:\n• one\n• two\nAnd more.", "<p>We held:</p>\n<ul>\n<li>one</li>\n<li>two</li>"),
        ("One.\x0bTwo.\u2028Three.", "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>\n"),
        ("One\nline.\n\nTwo.", "<p>One\nline.</p>\n<p>Two.</p>\n"),
        ("1. One\n2. Two", "<ol>\n<li>One</li>\n<li>Two</li>\n</ol>\n"),
        ("not \u202edetelpmoc\u202c yet", "<p>not detelpmoc yet</p>\n"),
        ("", ""),
    ],
)
def test_bullets_and_paragraphs_stay(pasted, shown):
    assert to_html(clean_pasted(pasted)).startswith(shown)
    assert clean_pasted(clean_pasted(pasted)) == clean_pasted(pasted)
