"""What feeds and emails say about a change: from what to what, where, and in whose words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ogp_tracker.following.targets import Target
from ogp_tracker.following.telling import describe_all
from ogp_tracker.history.listing import find
from tests.factories import MilestoneFactory, days_ago, make_document, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment__nations=["sct", "wls"], text="Open a register.")


def told(milestone):
    """What is said of its updates, the first published first."""
    changes = [one.show() for one in find(Target(milestone).scope, size=50).changes]
    return [one.lines for one in describe_all(changes) if "Progress update" in one.title][::-1]


def test_reader_learns_from_what_to_what_it_changed_in_each_nation(milestone):
    for minute, level, where, day, words in (
        (9, "limited", "sct", 40, "May 2026"),
        (8, "completed", "sct wls", 20, "June 2026"),
        (7, "completed", "wls", 10, "July 2026"),
        (6, "limited", "wls", 30, "1 June 2026"),
    ):
        make_update(
            milestone,
            level,
            nations=where.split(),
            as_of=days_ago(day),
            source=make_document(as_of_as_published=words),
            now=timezone.now() - timedelta(minutes=minute),
        )

    said = [line for lines in told(milestone) for line in lines if "as at" in line]
    assert [line.replace(" (our reading)", "") for line in said] == [
        "Scotland: Limited, as at May 2026. This is the first update.",
        "Scotland: from Limited (as at May 2026) to Completed (as at June 2026).",
        "Wales: Completed, as at June 2026. This is the first update.",
        "Wales: still Completed, as at July 2026.",
        "Wales: Limited, as at 1 June 2026. A later update still counts: Completed, as at July"
        " 2026.",
    ]


def test_reader_learns_the_text_of_the_milestone_and_the_words_of_the_update(milestone):
    make_update(milestone, narrative="We drafted it.", schedule="at_risk", obstacles="No money.")

    (lines,) = told(milestone)
    assert lines[0] == "Milestone: “Open a register.”"
    assert lines[3:5] == ["“We drafted it.”", "Obstacles: “No money.”"]

    milestone.text_is_summary = True
    milestone.save()
    assert told(milestone)[0][0] == "Milestone, as this site sums it up: Open a register."
