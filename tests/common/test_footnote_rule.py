"""A footnote begins with its number; otherwise a page could not show it."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db


def test_researcher_is_told_beside_the_field_when_the_first_note_has_no_number():
    assessment = AssessmentFactory(footnotes="An interview\n[2] Another")

    with pytest.raises(ValidationError) as refusal:
        assessment.full_clean()

    assert list(refusal.value.message_dict) == ["footnotes"]


@pytest.mark.parametrize("footnotes", ["", "  [1] An interview", "[31] One,\nand on\n[32] Two"])
def test_researcher_may_leave_notes_out_or_let_one_run_over_lines(footnotes):
    AssessmentFactory(footnotes=footnotes).full_clean()
