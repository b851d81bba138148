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
from irm.disagreements.rule import (
    KINDS,
    KINDS_IN,
    AssessorsWord,
    Comparison,
    NotComparable,
    compare,
    shows_whether_evidence_is_given,
)
from irm.disagreements.sections import sections_of
from irm.disagreements.shown import places_of
from irm.disagreements.survey import survey
from irm.models import Report
from milestones.levels import Level
from milestones.models import Milestone
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

STATES = [None, "", "not_applicable", "words", "told", "told completed", *Level]
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
                    found="" if code and milestone.number % 2 else dice.choice(["No.", "So. [1]"]),
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

    def count(places):
        return sum(rows.count() for rows in places.in_turn())

    assert count(every.of_kind(*Comparison)) == len(rows)
    for kind in KINDS:
        of_kind = [where for where, place in ruled.items() if kind in place.kinds]
        assert count(every.of_kind(kind)) == len(of_kind) > 0
    found = survey(Commitment.objects.public())
    in_wales = survey(Commitment.objects.public(), [one for one in everywhere if one.code == "wls"])
    slugs = dict(Commitment.objects.values_list("pk", "slug"))
    numbers = {row.pk: row.number for row in Milestone.objects.all()}
    for kind in KINDS:
        of_kind = {where for where, place in ruled.items() if kind in place.kinds}
        parts = {where for where in of_kind if where[1]}
        assert {slugs[key] for key in found.wholes_of([kind])} == {
            one[0] for one in of_kind - parts
        }
        listed = [numbers[key] for key in found.milestones_of([kind])]
        assert sorted(listed) == sorted(number for _slug, number in {one[:2] for one in parts})
        welsh = {where[:2] for where in parts if where[2] == "wls"}
        assert len(list(in_wales.milestones_of([kind]))) == len(welsh)
    for section in sections_of(found, each=1):
        kinds = set(KINDS_IN[section.section])
        found = {where[:2] for where, place in ruled.items() if kinds & set(place.kinds)}
        milestones = {(slug, number) for slug, number in found if number}
        assert section.commitments == len(found - milestones)
        assert section.milestones == (len(milestones) if section.has_milestones else 0)
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


def rows_on(client, query=""):
    """The rows of the page, and those of the table that it offers, each named in short."""
    address = f"/disagreements/?{query}"
    page = read(client, address)
    text = client.get(page.first("p", "download").first("a").attrs["href"]).getvalue().decode()
    taken = list(csv.DictReader(io.StringIO(text, newline="")))
    names = {f"{row['commitment_id']} {row['milestone_number']}".strip() for row in taken}
    tables = page.all("table", "quotes")
    links = [row.first("a").attrs["href"] for one in tables for row in one.first("tbody").all("tr")]
    listed = [" ".join(link.strip("/").split("/")[1::2]) for link in links]
    return sorted(listed), sorted(names), taken


CHOICES = {
    "kind=differ": ["UK1", "UK1 1"],
    "kind=only_government": ["UK3", "UK3 1"],
    "kind=only_assessor": ["UK2"],
    "kind=agree": ["UK4", "UK4 1"],
    "kind=nobody": ["UK5"],
    "kind=evidence_not_given": ["UK3 1"],
    "kind=evidence_not_found": ["UK2"],
    "kind=evidence_not_given&kind=evidence_not_found": ["UK2", "UK3 1"],
    "unit=milestone": ["UK1 1", "UK3 1", "UK4 1"],
    "nation=wls&unit=commitment&kind=nonsense&page=9": ["UK2"],
    "plan=a-plan&unit=commitment": ["UK1"],
    "institution=ministry&unit=commitment&unit=milestone": ["UK1", "UK1 1", "UK5"],
    "unit=commitment&unit=milestone&plan=a-plan&plan=a-plan": ["UK1", "UK1 1"],
    "nation=wls&nation=sct&kind=differ&kind=only_assessor": ["UK1", "UK1 1", "UK2"],
}


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.usefixtures("cast")
def test_reader_narrows_the_list_down_and_downloads_exactly_that(client):
    for query, expected in CHOICES.items():
        listed, taken, _rows = rows_on(client, query)
        assert listed == taken == expected, query
    listed, taken, rows = rows_on(client)
    assert (len(rows), taken) == (8, ["UK1", "UK1 1", "UK2", "UK3", "UK3 1", "UK4", "UK4 1", "UK5"])
    # No evidence was found, and only the assessor has spoken; neither has spoken of UK5.
    assert listed == ["UK1", "UK1 1", "UK2", "UK2", "UK3", "UK3 1", "UK4"]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_list_table_and_pages_say_the_same_of_one_milestone(client, cast):
    _listed, _taken, (whole, part) = rows_on(client, "kind=differ")
    listed = read(client, "/disagreements/?kind=differ&unit=milestone")
    line = listed.first("table", "quotes").first("tbody").text()
    of_commitment = page_of(client, cast.commitment).section("voices")
    of_milestone = page_of(client, cast)

    assert (whole["comparison"], part["comparison"]) == ("differ", "differ")
    assert (part["level"], part["completion"], part["is_later"]) == ("completed", "limited", "true")
    assert part["url"].endswith(cast.get_absolute_url())
    assert {"Completed", "Limited"} <= set(line.split())
    assert "The two differ" in line
    assert "Government’s update is for a date after" in line
    assert "Yes, on the commitment as a whole and Milestone 1." in of_commitment.text()
    assert "Government and the assessor: The two differ" in of_milestone.section("nations").text()


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_contradiction_silence_and_missing_evidence_are_counted_apart_on_every_page(client):
    def numbers(address):
        figures = read(client, address).first("dl", "figures").facts()
        return [number.text() for (number,) in figures.values()]

    assert numbers("/disagreements/") == ["2", "2", "2", "1", "1"]
    assert numbers("/disagreements/?nation=wls") == ["0", "1", "1", "0", "0"]
    for address, chosen, counted in (
        ("/plans/a-plan/", "?plan=a-plan", ["2", "0", "0", "0", "0"]),
        ("/institutions/ministry/", "?institution=ministry", ["2", "0", "0", "1", "0"]),
    ):
        links = {to for to, _fragment in read(client, address).links()}
        assert f"/disagreements/{chosen}" in links
        assert numbers(f"/disagreements/{chosen}") == counted


@pytest.mark.django_db
def test_a_milestone_is_one_row_with_its_nations_as_marks_and_both_quotations(client):
    step = MilestoneFactory(commitment=CommitmentFactory(nations=["eng", "sct", "wls"]))
    make_update(step, "completed", nations=["sct"], narrative="It was built.")
    make_update(step, "limited", nations=["wls"], narrative="It was begun.")
    found = AssessmentFactory(commitment=step.commitment)
    FindingFactory(assessment=found, milestone=step, completion="limited", found="Not yet built.")

    page = read(client, "/disagreements/")
    assert not page.all("p", "result-line")
    (row,) = page.section("contradictions").first("table", "quotes").first("tbody").all("tr")
    nations, government, assessor = row.all("td")
    assert [" ".join(one.text().split()) for one in nations.all("li")] == [
        "England (UK Government) Not reported",
        "Scotland Completed contradicts Reported here",
        "Wales Limited On schedule Reported here",
    ]
    assert [one.text().split("”")[0] for one in government.all("p", "quote")] == [
        "“It was built.",
        "“It was begun.",
    ]
    assert "Limited “Not yet built.”" in assessor.text()


@pytest.mark.django_db
def test_reader_is_told_first_that_there_is_no_contradiction(client):
    assert "No commitment is recorded here yet." in read(client, "/disagreements/").text()
    CommitmentFactory()
    said = read(client, "/disagreements/").section("contradictions").first("p").text()
    assert said == ("No contradiction is recorded here. Both have spoken about 0 of 1 commitments.")


@pytest.mark.core
def test_evidence_counts_as_missing_only_where_that_can_be_known():
    assert shows_whether_evidence_is_given("published_elsewhere", "")
    assert shows_whether_evidence_is_given("assessor_report", "It gives no links.")
    assert not shows_whether_evidence_is_given("assessor_report", "They met. [35]")
    assert not shows_whether_evidence_is_given("assessor_report", "")
    assert not shows_whether_evidence_is_given("reported_here", "")


@pytest.mark.django_db
def test_reader_finds_why_two_cannot_be_compared(client):
    step = MilestoneFactory(commitment=CommitmentFactory(nations=["sct"]))
    make_update(step, "", words_as_published="Begun", evidence=[], source=make_document())
    found = AssessmentFactory(commitment=step.commitment, completion="limited")
    FindingFactory(assessment=found, milestone=step, completion="no_evidence_available")

    said = page_of(client, step.commitment).section("voices").first("p", "note").text()
    assert "It is not known: government's words give no level." in said
    assert "The assessor found no evidence to judge Milestone 1 by." in said


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
    assert "No government has given one" in read(client, "/disagreements/").first("main").text()
    make_update(step, "completed")
    assert compared() == "differ"
    make_update(commitment, "substantial")
    assert compared() == "agree"
