"""Whether government and assessor agree: the rule, the same in SQL, the list, pages and table."""

import csv
import io
import json
import random
from collections import Counter
from itertools import product

import pytest

from commitments.models import Commitment
from irm.codebook import COMPLETION, NOTHINGS
from irm.disagreements.rows import Places
from irm.disagreements.rule import KINDS, AssessorsWord, Comparison, NotComparable, compare
from irm.disagreements.shown import places_of
from irm.models import Report
from milestones.levels import Level
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_document,
    make_update,
    nations,
    write_part,
)
from tests.pages import page_of, read

STATES = [None, "", "not_applicable", "words", "told", *Level]
CODES = ["", *(value.code for value in (*COMPLETION.values, *NOTHINGS))]
REPORTS = ["results_report", "progress_report", "ogp_commitment_page", "design_report"]


def found(code, kind="results_report", in_words=True):
    return AssessorsWord(code, kind, in_words)


@pytest.mark.core
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
        (["completed", "level_not_given"], found("complete"), "agree"),
        (["level_not_given"], found("complete"), "not_comparable"),
        (["level_not_given"], None, "only_government"),
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
        is_level = value.code not in {"no_evidence_available", "withdrawn"}
        assert beside == ({"agree", "differ"} if is_level else {"not_comparable"})


@pytest.mark.django_db
@pytest.mark.both_databases
def test_database_finds_in_a_random_world_what_the_rule_says_of_its_pages(client):
    dice = random.Random(1)
    plan, everywhere = PlanFactory(), nations()
    reports = [
        ReportFactory(plan=plan, kind=kind, stage=stage, evidence_cut_off=days_ago(cut_off))
        for kind, stage, cut_off in (
            *((kind, "final", dice.choice([-9, 9])) for kind in REPORTS),
            ("results_report", "public_comment", 9),
        )
    ]
    for _number in range(25):
        scope = dice.sample(everywhere, dice.randint(0, 3))
        commitment = CommitmentFactory(plan=plan, nations=scope, lead=False)
        milestones = MilestoneFactory.create_batch(dice.randint(0, 2), commitment=commitment)
        for milestone, nation in product(milestones, scope):
            write_part(milestone, nation.code, dice.choice(STATES))
        for nation in dice.sample(scope, len(scope) // 2):
            write_part(commitment, nation.code, dice.choice(["words", "told", *Level]))
        for report in dice.sample(reports, dice.randint(0, 3)):
            assessment = AssessmentFactory(
                commitment=commitment,
                report=report,
                completion=dice.choice(CODES),
                analysis=dice.choice(["", "Words."]),
                draft=dice.random() < 0.1,
            )
            for milestone in dice.sample(milestones, dice.randint(0, len(milestones))):
                code = dice.choice(CODES)
                FindingFactory(
                    assessment=assessment,
                    milestone=milestone,
                    completion=code,
                    found="" if code and milestone.number % 2 else "Words.",
                )

    ruled = {
        (
            place.commitment.slug,
            place.milestone and place.milestone.number,
            place.nation and place.nation.code,
        ): place
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
    assert every.of_kind(*Comparison).count() == len(rows)
    for kind, wholes, parts in every.counts():
        of_kind = [where for where, place in ruled.items() if kind in place.kinds]
        assert every.of_kind(kind).count() == wholes + parts == len(of_kind) > 0
    exported = json.loads(client.get("/data/disagreements.json").getvalue())
    whys = Counter(row["not_comparable_because"] for row in exported)
    assert whys == Counter(place.why or "" for place in ruled.values())
    assert set(whys) == {"", *NotComparable.values}


@pytest.fixture
def cast():
    """Commitments of two plans: one where the two differ everywhere, one of each other kind."""
    ministry, plan = InstitutionFactory(slug="ministry"), PlanFactory(slug="a-plan")
    apart = MilestoneFactory(
        commitment=CommitmentFactory(ogp_id="UK1", plan=plan, nations=["sct"], lead=ministry)
    )
    make_update(apart, "completed", as_of=days_ago(5))
    report = ReportFactory(plan=plan, evidence_cut_off=days_ago(9))
    of_whole = AssessmentFactory(commitment=apart.commitment, report=report, completion="limited")
    FindingFactory(assessment=of_whole, milestone=apart, completion="limited")
    silent = CommitmentFactory(ogp_id="UK2", nations=["wls"])
    AssessmentFactory(commitment=silent, completion="no_evidence_available")
    unproven = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK3", nations=["sct"]))
    make_update(unproven, "completed", evidence=[], source=make_document())
    comment = ReportFactory(stage=Report.Stage.PUBLIC_COMMENT)
    AssessmentFactory(commitment=unproven.commitment, report=comment, completion="limited")
    agreeing = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK4", nations=["sct"]))
    make_update(agreeing, "limited")
    assessment = AssessmentFactory(commitment=agreeing.commitment, completion="limited")
    FindingFactory(assessment=assessment, milestone=agreeing, completion="limited")
    CommitmentFactory(ogp_id="UK5", nations=["sct"], lead=ministry)
    return apart


def places_on(client, query=""):
    address = f"/disagreements/?{query}"
    offered = read(client, address).first("p", "download").first("a").attrs["href"]
    text = client.get(offered).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    taken = [f"{row['commitment_id']} {row['nation_code']}".strip() for row in rows]
    places = client.get(address).context["places"]
    listed = [f"{one.commitment.slug} {one.nation.code if one.nation else ''}" for one in places]
    return sorted(name.strip() for name in listed), sorted(taken), rows


CHOICES = {
    "": ["UK1", "UK1 sct", "UK2", "UK3", "UK3 sct", "UK4", "UK4 sct", "UK5"],
    "kind=differ": ["UK1", "UK1 sct"],
    "kind=only_government": ["UK3", "UK3 sct"],
    "kind=only_assessor": ["UK2"],
    "kind=agree": ["UK4", "UK4 sct"],
    "kind=nobody": ["UK5"],
    "kind=evidence_not_given": ["UK3 sct"],
    "kind=evidence_not_found": ["UK2"],
    "unit=milestone": ["UK1 sct", "UK3 sct", "UK4 sct"],
    "nation=wls&kind=nonsense&page=9": ["UK2"],
    "plan=a-plan&unit=commitment": ["UK1"],
    "institution=ministry": ["UK1", "UK1 sct", "UK5"],
    "unit=commitment&unit=milestone&plan=a-plan&plan=a-plan": ["UK1", "UK1 sct"],
    "nation=wls&nation=sct&kind=differ&kind=only_assessor": ["UK1", "UK1 sct", "UK2"],
}


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.usefixtures("cast")
def test_reader_narrows_the_list_down_and_takes_exactly_that_away(client):
    for query, expected in CHOICES.items():
        listed, taken, _rows = places_on(client, query)
        assert listed == taken == expected, query


@pytest.mark.django_db
@pytest.mark.both_databases
def test_list_table_and_pages_say_the_same_of_one_place(client, cast):
    _listed, _taken, (whole, part) = places_on(client, "kind=differ")
    listed = read(client, "/disagreements/?kind=differ&unit=milestone")
    line = listed.first("table", "places").text()
    of_commitment = page_of(client, cast.commitment).section("voices")
    of_milestone = page_of(client, cast)

    assert (whole["comparison"], part["comparison"]) == ("differ", "differ")
    assert (part["level"], part["completion"], part["is_later"]) == ("completed", "limited", "true")
    assert part["url"].endswith(cast.get_absolute_url())
    assert {"Completed", "Limited"} <= set(line.split())
    assert "The two differ Government speaks of a later day than" in line
    (differ,) = of_commitment.first("dl", "parting").inside_of("div")
    assert differ.text() == "The two differ The commitment as a whole Milestone 1: Scotland"
    assert "Government and the assessor: The two differ" in of_milestone.section("nations").text()


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_contradiction_silence_and_missing_evidence_are_counted_apart_on_every_page(client):
    def numbers(address):
        tables = read(client, address).all("table", "stack")
        (found,) = [one for one in tables if "How often" in one.first("caption").text()]
        lines = found.first("tbody").all("tr")
        assert [line.first("th").text() for line in lines] == [kind.label for kind in KINDS]
        return " ".join("".join(cell.text()[0] for cell in line.all("td")) for line in lines)

    assert numbers("/disagreements/?kind=agree") == "11 11 00 11 10 10 01 10"
    assert numbers("/disagreements/?nation=wls") == "00 00 00 00 10 00 00 10"
    assert numbers("/plans/a-plan/") == "11 00 00 00 00 00 00 00"
    assert numbers("/institutions/ministry/") == "11 00 00 00 00 10 00 00"


@pytest.mark.django_db
def test_reader_finds_why_two_cannot_be_compared(client):
    step = MilestoneFactory(commitment=CommitmentFactory(nations=["sct"]))
    make_update(step, "", words_as_published="Begun", evidence=[], source=make_document())
    found = AssessmentFactory(commitment=step.commitment, completion="limited")
    FindingFactory(assessment=found, milestone=step, completion="no_evidence_available")

    voices = page_of(client, step.commitment).section("voices").first("dl", "parting").text()
    assert voices == (
        "The two cannot be compared The commitment as a whole. Government's words give no level."
        " Milestone 1: Scotland. The assessor's code is not a level."
        " The assessor found no evidence to judge by Milestone 1: Scotland"
    )


@pytest.mark.django_db
def test_word_on_the_whole_is_compared_before_the_milestones_and_the_irms_account_never(client):
    commitment = CommitmentFactory(nations=["sct"])
    step = MilestoneFactory(commitment=commitment)
    AssessmentFactory(commitment=commitment, completion="substantial")
    told = make_document("Results report", source_provenance="assessor_report", words_basis="read")
    make_update(step, "completed", source=told, evidence=[])

    def compared():
        return places_of(Commitment.objects.for_page().get(pk=commitment.pk))[0].comparison

    assert compared() == "only_assessor"
    assert "No government has reported" in read(client, "/disagreements/").first("main").text()
    make_update(step, "completed")
    assert compared() == "differ"
    make_update(commitment, "substantial")
    assert compared() == "agree"
