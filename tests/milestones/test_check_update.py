"""An officer whose report breaks a rule is told which field to change and how."""

from dataclasses import replace
from datetime import date

import pytest

from milestones.levels import Level, Schedule
from milestones.progress_rules import (
    WRITTEN,
    Circumstances,
    UpdateFacts,
    UpdateRefused,
    check_sign_off,
    check_update,
)

pytestmark = pytest.mark.core

TODAY = date(2021, 6, 1)
EVIDENCE = frozenset({("https://www.gov.uk/minutes", "page 3")})
FOUR = frozenset({"eng", "sct", "wls", "nir"})

SUBSTANTIAL = UpdateFacts(
    level="substantial",
    as_of=date(2021, 5, 18),
    narrative="Workshops were held.",
    obstacles="",
    nations=frozenset({"sct"}),
    evidence=EVIDENCE,
)
LIMITED = replace(
    SUBSTANTIAL, level="limited", evidence=frozenset(), obstacles="The pandemic stopped meetings."
)
DUE, LATER = date(2021, 12, 31), date(2022, 3, 31)
LEAD = Circumstances(
    on=TODAY, in_scope=FOUR, reportable_nations=FOUR, plan_first_day=date(2019, 1, 1)
)
WELSH_OFFICER = replace(LEAD, reportable_nations=frozenset({"wls"}))


def refused(check, *args, **kwargs):
    try:
        check(*args, **kwargs)
    except UpdateRefused as refusal:
        return refusal.message_dict
    return {}


def refusals(report, given=LEAD):
    return refused(check_update, report, given)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("evidence", [EVIDENCE, frozenset()], ids=["evidence", "no evidence"])
@pytest.mark.parametrize("obstacles", ["Covid.", " "], ids=["obstacles", "no obstacles"])
@pytest.mark.parametrize("schedule", ["", *Schedule])
@pytest.mark.parametrize("due_on", [None, DUE, date(2021, 5, 17)], ids=["no day", "due", "past"])
def test_officer_gives_what_level_and_schedule_need(level, evidence, obstacles, schedule, due_on):
    report = replace(
        SUBSTANTIAL, level=level, evidence=evidence, obstacles=obstacles, schedule=schedule
    )
    needed = {
        "evidence": level in {"substantial", "completed"} and not evidence,
        "obstacles": schedule in {"at_risk", "behind_schedule"} and not obstacles.strip(),
        "schedule": (due_on and level != "completed" and not schedule)
        or (due_on and due_on < report.as_of and schedule == "on_schedule"),
    }

    said = refusals(report, replace(LEAD, due_on=due_on))

    assert set(said) == {field for field, is_needed in needed.items() if is_needed}


def test_report_that_moves_the_due_date_is_on_schedule_for_the_new_one():
    given = replace(LEAD, due_on=date(2021, 5, 17))
    moved = replace(SUBSTANTIAL, schedule="on_schedule", moves_due_to=DUE, due_reason="Covid.")

    assert refusals(moved, given) == {}
    assert list(refusals(moved, replace(given, is_whole=True))) == ["due_on_proposed"]


DOCUMENT = replace(
    SUBSTANTIAL,
    level_basis="read",
    evidence=frozenset(),
    obstacles="",
    provenance="published_elsewhere",
)


@pytest.mark.parametrize("level", Level)
def test_words_of_a_document_are_not_refused_for_what_the_document_lacks(level):
    report = replace(DOCUMENT, level=level, schedule="behind_schedule")

    assert refusals(report, replace(LEAD, due_on=DUE)) == {}


@pytest.mark.parametrize(
    ("words", "level", "basis", "schedule", "fields"),
    [
        ("In progress", "", "", "", set()),
        ("In progress", "limited", "read", "", set()),
        ("In progress", "limited", "given", "", {"level_basis"}),
        ("In progress, behind schedule", "", "", "behind_schedule", set()),
        ("In progress, behind schedule", "", "", "", {"schedule"}),
        (" COMPLETE ", "completed", "given", "", set()),
        ("Complete", "completed", "read", "", {"level_basis"}),
        ("Complete", "", "", "", set()),
        ("Complete", "substantial", "read", "", {"level"}),
        ("", "completed", "read", "", set()),
        ("", "", "", "on_schedule", {"level"}),
    ],
)
def test_words_of_a_document_give_what_the_table_says(words, level, basis, schedule, fields):
    given = {"words": words, "level": level, "level_basis": basis, "schedule": schedule}

    assert set(refusals(replace(DOCUMENT, **given))) == fields


def test_who_types_words_that_give_a_level_chooses_it():
    complete = replace(DOCUMENT, words="Complete", level="", level_basis="")

    assert list(refusals(complete, replace(LEAD, may_leave_open=False))) == ["level"]


def test_document_that_has_words_for_it_need_say_no_more():
    given = {"words": "Completed", "level": "completed", "level_basis": "given"}
    words = replace(DOCUMENT, narrative="", **given)

    assert refusals(words) == {}
    assert list(refusals(replace(words, words="", level_basis="read"))) == ["narrative"]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"level": ""}, "level", "Choose one of the four levels."),
        ({"level": "in progress"}, "level", "Choose one of the four levels."),
        ({"narrative": " \n"}, "narrative", "Say in a sentence or two what was done."),
        ({"is_attributed": False}, "institution", "Choose the institution that reports"),
        ({"as_of": None}, "as_of", "Enter the date on which this was true."),
        ({"as_of": date(2021, 6, 2)}, "as_of", "This date is in the future."),
        ({"as_of": date(2018, 12, 31)}, "as_of", "The plan began on 1 January 2019."),
        ({"nations": frozenset()}, "nations", "Choose at least one nation"),
    ],
)
def test_officer_is_told_which_field_to_change(change, field, sentence):
    said = refusals(replace(SUBSTANTIAL, **change))

    assert list(said) == [field]
    assert said[field][0].startswith(sentence)


@pytest.mark.parametrize("day", [date(2019, 1, 1), TODAY], ids=["first day of the plan", "today"])
def test_officer_reports_as_of_the_first_and_the_last_possible_day(day):
    assert refusals(replace(SUBSTANTIAL, as_of=day)) == {}


def test_officer_reports_as_of_any_past_day_if_nobody_knows_when_the_plan_began():
    without = replace(LEAD, plan_first_day=None)

    assert refusals(replace(SUBSTANTIAL, as_of=date(2000, 1, 1)), without) == {}


@pytest.mark.parametrize(
    ("given", "nations", "sentence"),
    [
        (LEAD, FOUR, None),
        (WELSH_OFFICER, {"wls"}, None),
        (WELSH_OFFICER, {"sct"}, "You may report for your own nation only"),
        (WELSH_OFFICER, {"sct", "wls"}, "You may report for your own nation only"),
        (replace(LEAD, in_scope={"sct"}), {"sct", "nir"}, "It does not apply in a nation"),
    ],
)
def test_lead_reports_for_all_nations_in_scope_and_others_for_their_own(given, nations, sentence):
    said = refusals(replace(SUBSTANTIAL, nations=frozenset(nations)), given)

    assert set(said) == ({"nations"} if sentence else set())
    assert not sentence or said["nations"][0].startswith(sentence)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"narrative": "  Workshops were held.\n"},
        {"evidence": frozenset([("https://www.gov.uk/minutes", "page 3")])},
    ],
    ids=["the same", "spaces", "evidence named again"],
)
def test_officer_who_repeats_what_is_published_is_told_so(change):
    given = replace(LEAD, current={"sct": SUBSTANTIAL})

    said = refusals(replace(SUBSTANTIAL, **change), given)

    assert said["level"][0].startswith("Nothing new")


@pytest.mark.parametrize(
    "change",
    [
        {"level": "completed"},
        {"as_of": date(2021, 5, 19)},
        {"narrative": "More workshops were held."},
        {"obstacles": "Few people came."},
        {"schedule": "on_schedule"},
        {"words": "Nearly there"},
        {"evidence": frozenset([("https://www.gov.uk/minutes", "page 4")])},
        {"nations": frozenset({"sct", "wls"})},
        {"nations": frozenset({"wls"})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_officer_who_says_anything_new_is_heard(change):
    given = replace(LEAD, current={"sct": SUBSTANTIAL})

    assert refusals(replace(SUBSTANTIAL, **change), given) == {}


def test_officer_who_repeats_for_all_nations_what_differs_in_one_is_heard():
    given = replace(LEAD, current={"sct": SUBSTANTIAL, "wls": LIMITED})

    assert refusals(replace(SUBSTANTIAL, nations=frozenset({"sct", "wls"})), given) == {}


def test_officer_corrects_the_narrator_but_not_the_facts():
    """A correction may repeat the level and the words: what was wrong may be the nations."""
    given = replace(LEAD, corrects=True, current={"sct": SUBSTANTIAL})

    assert refusals(replace(SUBSTANTIAL, correction_reason="Wrong nations."), given) == {}


@pytest.mark.parametrize("name", WRITTEN)
def test_officer_is_told_which_text_to_shorten_to_how_many_characters(name):
    def said(text):
        moved = {"moves_due_to": TODAY, "due_reason": "Covid."}
        report = replace(SUBSTANTIAL, schedule="on_schedule", **moved)
        return refusals(replace(report, **{name: text}))

    assert said("é" * 20_000) == {}
    assert said("é" * 20_345) == {name: ["Shorten this to 20,000 characters; it has 20,345."]}


@pytest.mark.parametrize(
    ("is_current", "is_own", "reason", "fields"),
    [
        (True, True, "Wrong.", {}),
        (True, True, " ", {"correction_reason": "Say why"}),
        (True, False, "Wrong.", {"corrects": "Only the institution that made this update"}),
        (False, True, "Wrong.", {"corrects": "Only a published update on the same thing"}),
        (False, False, "Wrong.", {"corrects": "Only a published update on the same thing"}),
        (
            True,
            False,
            "",
            {
                "corrects": "Only the institution that made this update",
                "correction_reason": "Say why",
            },
        ),
    ],
)
def test_only_who_made_a_report_corrects_it(is_current, is_own, reason, fields):
    given = replace(LEAD, corrects=True, corrected_is_current=is_current, may_correct=is_own)

    said = refusals(replace(LIMITED, correction_reason=reason), given)

    assert set(said) == set(fields)
    assert all(said[field][0].startswith(sentence) for field, sentence in fields.items())
    assert all(len(sentences) == 1 for sentences in said.values())


def test_what_is_said_of_a_correction_is_not_asked_of_a_report():
    given = replace(LEAD, corrects=False, corrected_is_current=False, may_correct=False)

    assert refusals(LIMITED, given) == {}


def test_institution_that_reports_for_no_nation_is_told_to_choose_another():
    given = replace(LEAD, reportable_nations=frozenset())

    said = refusals(SUBSTANTIAL, given)

    assert list(said) == ["institution"]
    assert "takes no part in the commitment" in said["institution"][0]


@pytest.mark.parametrize(
    ("moves_to", "why", "leads", "fields"),
    [
        (None, "", True, {}),
        (None, "", False, {}),
        (LATER, "The pandemic.", True, {}),
        (date(2021, 11, 30), "We are early.", True, {}),
        (None, "The pandemic.", True, {"due_on_proposed": "Enter the new due date"}),
        (None, " ", True, {}),
        (DUE, "The pandemic.", True, {"due_on_proposed": "This is already the due date."}),
        (DUE, "", False, {"due_on_proposed": "This is already the due date."}),
        (LATER, " ", True, {"due_reason": "Say why the due date moves."}),
        (LATER, "The pandemic.", False, {"due_on_proposed": "The due date is the same for all"}),
        (
            LATER,
            "",
            False,
            {
                "due_on_proposed": "The due date is the same for all",
                "due_reason": "Say why the due date moves.",
            },
        ),
    ],
)
def test_report_moves_the_due_date_with_a_reason_for_all_nations(moves_to, why, leads, fields):
    given = replace(LEAD, due_on=DUE, may_move_due_date=leads)

    report = replace(SUBSTANTIAL, schedule="on_schedule", moves_due_to=moves_to, due_reason=why)
    said = refusals(report, given)

    assert set(said) == set(fields)
    assert all(said[field][0].startswith(sentence) for field, sentence in fields.items())


def test_report_gives_a_first_due_date_where_there_is_none():
    first = {"moves_due_to": LATER, "due_reason": "The plan gave none."}
    report = replace(SUBSTANTIAL, schedule="on_schedule", **first)

    assert refusals(report, replace(LEAD, due_on=None)) == {}


def test_officer_who_repeats_what_is_published_and_moves_the_due_date_is_heard():
    said = replace(SUBSTANTIAL, schedule="on_schedule")
    given = replace(LEAD, current={"sct": said}, due_on=DUE)

    assert list(refusals(said, given)) == ["level"]
    moved = replace(said, moves_due_to=LATER, due_reason="The pandemic.")
    assert refusals(moved, given) == {}


@pytest.mark.parametrize(
    ("signed_off_by", "co_signed_by", "needs", "fields"),
    [
        ("lead", "society", "both", set()),
        ("lead", None, "sign_off", set()),
        (None, None, "nothing", set()),
        ("author", None, "nothing", set()),
        ("author", None, "sign_off", {"signed_off_by"}),
        (None, None, "sign_off", {"signed_off_by"}),
        ("lead", None, "both", {"co_signed_by"}),
        ("lead", "lead", "both", {"co_signed_by"}),
        ("lead", "author", "both", {"co_signed_by"}),
        ("author", "author", "both", {"signed_off_by", "co_signed_by"}),
    ],
)
def test_plan_gets_the_signatures_it_asks_for(signed_off_by, co_signed_by, needs, fields):
    said = refused(
        check_sign_off,
        recorded_by="author",
        signed_off_by=signed_off_by,
        co_signed_by=co_signed_by,
        needs_sign_off=needs in {"sign_off", "both"},
        needs_civil_society=needs == "both",
    )

    assert set(said) == fields
