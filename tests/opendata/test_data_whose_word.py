"""What goes out as data says of each level how it is known, and whose word it is."""

import json
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from milestones.models import Milestone
from ogp_tracker.opendata.as_at import end_of, reading
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    days_ago,
    make_document,
    make_update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

BESIDE = ("level", "level_basis", "schedule", "words_as_published", "provenance")
READ = {"words_basis": "read", "source_provenance": "assessor_report"}


@pytest.fixture
def step():
    """Words of government on the whole, and a level that we read in the assessor's report."""
    milestone = MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))
    for row in (milestone, milestone.commitment):
        row.history.update(history_date=timezone.now() - timedelta(days=300))
    words = make_document(words_as_published="In progress")
    # At noon: in the last hour of a day in winter so many days ago is the day after, in summer.
    past = timezone.make_aware(datetime.combine(days_ago(50), time(12)))
    make_update(milestone, "", nations=["wls"], source=words, as_of=days_ago(60), now=past)
    late = {"schedule": "behind_schedule", "source": words}
    make_update(milestone.commitment, "", nations=["sct"], as_of=days_ago(60), now=past, **late)
    make_update(milestone, "completed", source=make_document("Results Report", **READ))
    return milestone


def rows(client, name, query=""):
    return json.loads(client.get(f"/data/{name}.json{query}").getvalue())


def test_row_says_how_its_level_is_known_on_whose_word_and_of_what(client, step):
    said = {
        (row["unit"], row["nation_code"]): tuple(row[name] for name in BESIDE)
        for row in rows(client, "nation_progress")
    }
    told = ("completed", "read", "", "", "assessor_report")
    words = ("", "", "behind_schedule", "In progress", "published_elsewhere")
    milestone, commitment = "milestone", "commitment"
    assert said == {(milestone, "sct"): told, (milestone, "wls"): told, (commitment, "sct"): words}

    (whole,), (one,) = rows(client, "commitments"), rows(client, "milestones")
    assert (whole["level"], whole["schedule"]) == ([], ["behind_schedule"])
    assert (one["overall"], one["overall_is_read"], one["is_completed"]) == ("completed", 1, 1)
    assert (one["nations_heard"], one["provenance"]) == (2, ["assessor_report"])


def test_past_has_what_a_milestone_repeated_then(client, step):
    then = rows(client, "nation_progress", f"?as_at={days_ago(20)}")
    assert {row["words_as_published"] for row in then} == {"", "In progress"}
    stored = ("overall", "overall_is_read", "is_completed", "last_reported_on")
    said = {}
    for ago in (100, 20, 0):
        with reading(end_of(days_ago(ago))):
            said[ago] = Milestone.objects.values_list(*stored).get()
    assert said == {
        100: ("not_reported", False, False, None),
        20: ("partly_reported", False, False, days_ago(50)),
        0: Milestone.objects.values_list(*stored).get(),
    }
    assert said[0] == ("completed", True, True, days_ago(50))
    for name in ("nation_progress", "milestones", "commitments", "disagreements"):
        assert rows(client, name, f"?as_at={days_ago(0)}") == rows(client, name)


def test_assessment_and_disagreement_carry_the_word_on_the_whole(client, step):
    whole, *_parts = rows(client, "disagreements")
    assert (whole["unit"], whole["words_as_published"]) == ("commitment", "In progress")
    assert (whole["level_basis"], whole["provenance"]) == ([], ["published_elsewhere"])
    AssessmentFactory(commitment=step.commitment)
    (row,) = rows(client, "assessments")
    assert row["words_as_published"] == "In progress"
    assert [row[f"milestones_{name}"] for name in ("completed", "read", "told")] == [1, 1, 1]


def test_program_asks_for_updates_by_what_they_say_and_of_what(client, step):
    def found(query):
        answer = client.get(f"/api/v1/updates/?{query}").json()
        return {(row["unit"], row["words_as_published"]) for row in answer["results"]}

    assert found("unit=commitment") == {("commitment", "In progress")}
    assert found("level_basis=read&provenance=assessor_report") == {("milestone", "")}
    assert found("schedule=behind_schedule&unit=milestone") == set()
    (whole,) = client.get("/api/v1/commitments/").json()["results"]
    assert [row["nation_code"] for row in whole["nations"]] == ["sct"]
    assert client.get("/api/v1/milestones/?overall=limited").json()["results"] == []


def test_texts_that_leave_the_site_say_whose_word_it_is(client, step):
    page = step.commitment.get_absolute_url()
    feed = client.get(f"{page}feed/").content.decode()
    assert "Scotland: “In progress”, behind schedule, as at" in feed
    assert "Our reading of the IRM’s report: Results Report" in feed
    card = client.get(f"{page}card.svg").content.decode()
    assert "The whole commitment, in Scotland: “In progress”, behind schedule" in card
    assert "Completed (our reading) 1" in card
    found = client.get("/search/?q=progress").content.decode()
    assert "“In progress”, behind schedule, as at" in found
