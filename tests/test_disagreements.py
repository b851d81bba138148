"""Where the two voices part: the rule, the same in SQL, the list, the pages and the table."""

import csv
import io
import random
from itertools import product

import pytest

from commitments.models import Commitment
from irm.codebook import COMPLETION, NOTHINGS, ReportKind
from irm.disagreements.rows import Places
from irm.disagreements.rule import Comparison, Found, Kind, compare, kinds
from irm.disagreements.shown import places_of
from irm.models import Report
from milestones.levels import Level
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_document,
    make_update,
    nations,
    write_part,
)
from tests.pages import read

STATES = [None, "", "not_applicable", *Level]
CODES = ["", *(value.code for value in (*COMPLETION.values, *NOTHINGS))]
KINDS = ["results_report", "progress_report", "ogp_commitment_page", "design_report"]


def found(code, kind="results_report", in_words=True):
    return Found(code, kind, in_words)


@pytest.mark.parametrize(
    ("levels", "said", "expected"),
    [
        ([], None, "nobody"),
        (["", ""], found("pending_irm_review"), "nobody"),
        (["limited"], None, "only_government"),
        (["limited"], found("no_irm_data"), "only_government"),
        (["limited"], found("", in_words=False), "only_government"),
        (["limited"], found("limited", kind="design_report"), "only_government"),
        ([""], found("limited"), "only_assessor"),
        ([""], found(""), "only_assessor"),
        (["completed"], found(""), "not_comparable"),
        (["completed"], found("no_evidence_available"), "not_comparable"),
        (["completed"], found("complete"), "agree"),
        (["completed", ""], found("complete"), "agree"),
        (["completed"], found("substantial"), "differ"),
        (["not_started", "completed"], found("substantial"), "agree"),
        (["not_started", "limited"], found("substantial"), "differ"),
        (["substantial", "completed"], found("limited"), "differ"),
    ],
)
def test_two_voices_are_compared_by_one_rule(levels, said, expected):
    assert compare(levels, said) == expected


def test_every_code_of_completion_is_a_level_or_is_known_to_be_none():
    for value, kind in product(COMPLETION.values, sorted(COMPLETION.given_in)):
        beside = {compare([level], found(value.code, kind)) for level in Level}
        is_level = value.code != "no_evidence_available"
        assert beside == ({"agree", "differ"} if is_level else {"not_comparable"})


@pytest.mark.django_db
def test_database_finds_in_a_random_world_what_the_rule_says_of_its_pages():
    dice = random.Random(18)
    plan, everywhere = PlanFactory(), nations()
    reports = [
        ReportFactory(plan=plan, kind=kind, stage=stage, evidence_cut_off=days_ago(cut_off))
        for kind, stage, cut_off in (
            *((kind, "final", dice.choice([-9, 9])) for kind in KINDS),
            ("results_report", "public_comment", 9),
        )
    ]
    for _number in range(25):
        scope = dice.sample(everywhere, dice.randint(0, 3))
        commitment = CommitmentFactory(plan=plan, nations=scope, lead=False)
        milestones = MilestoneFactory.create_batch(dice.randint(0, 2), commitment=commitment)
        for milestone, nation in product(milestones, scope):
            write_part(milestone, nation.code, dice.choice(STATES))
        for report in dice.sample(reports, dice.randint(0, 3)):
            assessment = AssessmentFactory(
                commitment=commitment,
                report=report,
                completion=dice.choice(CODES),
                analysis=dice.choice(["", "Words."]),
                draft=dice.random() < 0.1,
            )
            for milestone in dice.sample(milestones, dice.randint(0, len(milestones))):
                FindingFactory(
                    assessment=assessment, milestone=milestone, completion=dice.choice(CODES)
                )

    ruled = {
        key(place.commitment, place.milestone, place.nation): place
        for commitment in Commitment.objects.public().for_page()
        for place in places_of(commitment)
    }
    every = Places.public()
    rows = {
        (row.place_commitment, row.place_milestone, row.place_nation): row
        for rows in every.in_turn()
        for row in rows
    }
    assert rows.keys() == ruled.keys()
    for where, row in rows.items():
        place = ruled[where]
        said = place.said.pk if place.said else None
        assert (row.comparison, row.not_given, row.not_found, row.is_later, row.said_key) == (
            place.comparison,
            place.not_given,
            place.not_found,
            place.is_later,
            said,
        ), where
    assert {row.comparison for row in rows.values()} == set(Comparison)
    for kind in Kind:
        of_kind = [where for where, place in ruled.items() if kind in place.kinds]
        assert Places.listed().of_kind(kind).count() == len(of_kind) > 0


def key(commitment, milestone, nation):
    return (
        commitment.slug,
        milestone.number if milestone else None,
        nation.code if nation else None,
    )
