"""Nothing unpublished reaches an answer of the API: no word, no number, no hint that it exists."""

from urllib.parse import urlencode

import pytest
from django.test import Client, TestCase

from ogp_tracker.api.resources import RESOURCES
from tests.api_pages import API, REAL_ROWS, ask, every, wrong
from tests.factories import (
    AssessmentFactory,
    FindingFactory,
    MilestoneFactory,
    ReplyFactory,
    ReportFactory,
    make_correction,
    make_update,
    publish_update,
)
from tests.site.test_page_drafts import MARK, World


def questions(client):
    addresses = [f"{name}/" for name in REAL_ROWS]
    for resource in RESOURCES:
        for name, one in (resource.filters.base_filters if resource.filters else {}).items():
            # What is no value is answered with those that are.
            addresses.append(f"{resource.name}/?{urlencode({name: 'no such'})}")
            choices = getattr(one.field, "choices", [])
            addresses += [
                f"{resource.name}/?{urlencode({name: value})}" for value, _ in choices if value
            ]
    return addresses


def whole_api(client):
    answers = {address: client.get(f"{API}{address}").text for address in questions(client)}
    for resource in RESOURCES:
        for row in every(client, f"{resource.name}/"):
            key = "/".join(str(row[name]) for name in resource.table.key)
            answers[key] = client.get(f"{API}{resource.name}/{key}/").text
    return answers


@pytest.mark.slow
class TestDrafts(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = World()
        cls.before = whole_api(Client())
        cls.world.hide()

    def test_api_answers_the_same_whatever_is_hidden_behind_it(self):
        after = whole_api(self.client)

        assert len(after) > 60
        assert after == self.before

    def test_program_never_learns_who_wrote_a_report_or_where_to_write_to_a_team(self):
        for address, text in self.before.items():
            assert MARK not in text.casefold(), address

    def test_program_that_knows_the_key_of_a_draft_gets_nothing(self):
        world = self.world
        for address in (
            f"commitments/{world.draft.slug}/",
            f"milestones/{world.draft.slug}/{world.draft_milestone.number}/",
            f"updates/{world.draft_update.uid}/",
            f"updates/{world.draft_correction.uid}/",
            f"reports/{world.draft_report.slug}/",
            f"assessments/{world.draft_report.slug}/{world.public.slug}/",
            f"assessments/{world.other_report.slug}/{world.public.slug}/",
            f"findings/{world.other_report.slug}/{world.public.slug}/{world.milestone.number}/",
        ):
            ask(self.client, address, status=404)

    def test_program_cannot_tell_a_draft_from_what_does_not_exist(self):
        for name in ("milestones", "updates", "assessments", "findings"):
            draft = self.world.draft.slug
            hidden = wrong(self.client, f"{name}/?commitment_id={draft}")["commitment_id"]
            missing = wrong(self.client, f"{name}/?commitment_id=UK7777")["commitment_id"]
            assert hidden.replace(draft, "UK7777") == missing


@pytest.fixture
def for_comment(db):
    assessment = AssessmentFactory(
        report=ReportFactory(stage="public_comment"),
        completion="substantial",
        commitment=MilestoneFactory().commitment,
    )
    milestone = assessment.commitment.milestones.get()
    finding = FindingFactory(assessment=assessment, milestone=milestone)
    for one in (None, finding):
        ReplyFactory(assessment=assessment, finding=one)
    return assessment


@pytest.mark.core
def test_report_for_public_comment_is_nowhere(client, for_comment):
    report, commitment = for_comment.report, for_comment.commitment

    for name in ("reports", "assessments", "findings"):
        assert ask(client, f"{name}/")["results"] == []
    ask(client, f"reports/{report.slug}/", status=404)
    ask(client, f"assessments/{report.slug}/{commitment.slug}/", status=404)
    ask(client, f"findings/{report.slug}/{commitment.slug}/1/", status=404)
    assert set(wrong(client, f"assessments/?report_id={report.slug}")) == {"report_id"}
    # On the page it is found by this code, since the page shows it and says what it is.
    assert ask(client, "commitments/?completion=substantial")["results"] == []
    assert len(ask(client, "commitments/?completion=none")["results"]) == 1


@pytest.mark.core
@pytest.mark.django_db
def test_correction_is_not_told_before_it_is_published(client):
    update = make_update(level="limited")
    correction = make_correction(update, "substantial", publish=False)

    before = ask(client, f"updates/{update.uid}/")
    publish_update(correction)
    after = ask(client, f"updates/{update.uid}/")

    assert (before["still_counts"], before["corrected_by_update_id"]) == (True, "")
    assert (after["still_counts"], after["corrected_by_update_id"]) == (False, str(correction.uid))
