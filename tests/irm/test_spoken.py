"""Who has said what became of a commitment, and how many each has spoken about."""

import pytest

from commitments.models import Commitment
from irm.spoken import Spoken, of_kind, spoken_by_plan, spoken_counts
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    make_correction,
    make_document,
    make_update,
    nation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TOLD = {"source": make_document("Results report", source_provenance="assessor_report")}


def said_of(commitment):
    rows = Commitment.objects.filter(pk=commitment.pk)
    [said] = spoken_counts(rows)[()]
    # Asked as a condition it is the same.
    assert [kind for kind in Spoken if of_kind(rows, kind)] == [said]
    return said


@pytest.mark.parametrize(
    ("updates", "completion", "expected"),
    [
        ([], None, Spoken.NOBODY),
        ([], "pending_irm_review", Spoken.NOBODY),
        ([], "", Spoken.NOBODY),
        ([], "no_evidence_available", Spoken.ASSESSOR),
        ([TOLD], None, Spoken.READ),
        ([TOLD], "limited", Spoken.ASSESSOR_AND_READ),
        ([{}], "no_irm_data", Spoken.GOVERNMENT),
        ([{"source": make_document()}], None, Spoken.GOVERNMENT),
        ([{}, TOLD], "limited", Spoken.BOTH),
    ],
)
def test_what_is_recorded_says_who_has_spoken(updates, completion, expected):
    step = MilestoneFactory()
    for update in updates:
        make_update(step, **update)
    if completion is not None:
        AssessmentFactory(commitment=step.commitment, completion=completion)

    assert said_of(step.commitment) == expected


def test_government_has_spoken_about_a_commitment_as_a_whole_too():
    commitment = CommitmentFactory()
    make_update(commitment)

    assert said_of(commitment) == Spoken.GOVERNMENT


def test_what_readers_cannot_see_is_nobodys_word():
    step = MilestoneFactory()
    make_update(step, publish=False)
    AssessmentFactory(commitment=step.commitment, completion="limited", draft=True)
    hidden = ReportFactory(draft=True)
    AssessmentFactory(commitment=step.commitment, report=hidden, completion="limited")

    assert said_of(step.commitment) == Spoken.NOBODY


def test_what_was_corrected_no_longer_says_whose_word_it_is():
    mistaken = make_update(source=make_document())
    make_correction(mistaken, **TOLD)

    assert said_of(mistaken.commitment) == Spoken.READ


def test_counts_by_plan_and_nations_add_up(django_assert_num_queries):
    plan = PlanFactory()
    shared = CommitmentFactory(plan=plan, nations=["sct", "wls"])
    make_update(MilestoneFactory(commitment=shared))
    CommitmentFactory(plan=plan, nations=["sct"])
    CommitmentFactory(plan=None, nations=[])
    rows, sct, wls = Commitment.objects.public(), nation("sct"), nation("wls")

    with django_assert_num_queries(2):
        by_nation = spoken_counts(rows, "nations")
        found = spoken_by_plan(rows, [sct, wls])

    assert by_nation[sct.pk,] == {Spoken.GOVERNMENT: 1, Spoken.NOBODY: 1}
    assert by_nation[wls.pk,] == {Spoken.GOVERNMENT: 1}
    assert len(found) == 3
    assert (plan.pk, {sct.pk, wls.pk}, {Spoken.GOVERNMENT: 1}) in found
    assert (plan.pk, {sct.pk}, {Spoken.NOBODY: 1}) in found
    assert (None, set(), {Spoken.NOBODY: 1}) in found
