"""OGP's requirement of a public repository: the answers for a plan, and the figures behind them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from commitments.models.plan import PlanState
from milestones.requirement import Figures, HalfYear, answers, commitments_of, figures, half_years
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_correction,
    make_document,
    make_update,
    today,
)
from tests.pages import read

ON = date(2024, 3, 1)
TERM = [
    HalfYear(date(2023, 1, 1), date(2023, 6, 30), is_whole=True, updates=1),
    HalfYear(date(2023, 7, 1), date(2023, 12, 31), is_whole=True, updates=2),
    HalfYear(date(2024, 1, 1), date(2024, 6, 30), is_whole=True, updates=0),
]
WHOLE = Figures(
    commitments=3,
    public_since=ON,
    last_added=ON,
    with_update=3,
    with_evidence=3,
    half_years=tuple(TERM),
    updates=4,
    first_update=ON,
    last_update=ON,
)
SILENT = replace(TERM[1], updates=0)


@pytest.mark.parametrize(
    ("changed", "state", "expected"),
    [
        ({}, "current", "met met met met"),
        ({"with_update": 2}, "current", "met not_met met met"),
        ({"with_evidence": 2}, "current", "met met not_met met"),
        ({"with_update": 0, "with_evidence": 0}, "coming", "met cannot cannot met"),
        (
            {"commitments": 0, "with_update": 0, "with_evidence": 0},
            "closed",
            "not_met not_met not_met met",
        ),
        ({"half_years": (TERM[0], SILENT)}, "closed", "met met met not_met"),
        ({"half_years": (TERM[0], replace(SILENT, is_whole=False))}, "closed", "met met met met"),
        ({"half_years": (TERM[2],)}, "current", "met met met cannot"),
        ({"half_years": ()}, "unknown", "met met met cannot"),
    ],
)
def test_answers_follow_from_the_figures(changed, state, expected):
    given = answers(replace(WHOLE, **changed), PlanState(state), on=ON)

    parts = [given.information, given.evidence, given.twice_a_year]
    said = " ".join([given.public_site, *parts]).replace("cannot_be_told", "cannot")
    assert said == expected
    assert given.process == "cannot_be_told"
    assert given.repository == ("not_met" if "not_met" in parts else "cannot_be_told")


def test_term_is_cut_into_half_years_up_to_the_day_on_which_it_is_asked():
    cut = list(half_years(date(2023, 8, 31), date(2024, 9, 30), until=date(2024, 9, 15)))

    assert [(half.first_day, half.last_day, half.is_whole) for half in cut] == [
        (date(2023, 8, 31), date(2024, 2, 28), True),
        (date(2024, 2, 29), date(2024, 8, 30), True),
        (date(2024, 8, 31), date(2024, 9, 30), False),
    ]
    assert len(list(half_years(date(2023, 8, 31), date.max, until=date(2024, 2, 28)))) == 1
    assert list(half_years(date(9999, 12, 1), date.max, until=ON)) == []


@pytest.mark.django_db
def test_figures_are_what_readers_find_here_of_the_plan():
    plan = PlanFactory(start_date=days_ago(400), end_date=days_ago(-300))
    proven, told, silent = (
        MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=["sct"], **given))
        for given in ({"ogp_id": "UK1"}, {"ogp_id": "UK2"}, {"ogp_id": "UK3"})
    )
    first = make_update(proven, "completed", now=timezone.now() - timedelta(days=390))
    make_correction(first, "substantial")
    make_update(told, "completed", evidence=[], source=make_document())
    make_update(silent, publish=False)
    hidden = CommitmentFactory(plan=plan, draft=True)
    make_update(MilestoneFactory(commitment=hidden), "completed")
    make_update()

    found = figures(plan, today())

    assert (found.commitments, found.with_update, found.with_evidence) == (3, 2, 1)
    assert (found.updates, found.outside) == (3, 0)
    assert [half.updates for half in found.half_years] == [1, 0, 2]
    assert (found.first_update, found.last_update) == (days_ago(390), today())
    rows = [(row.slug, row.update_count, row.evidence_count) for row in commitments_of(plan)]
    assert rows == [("UK1", 2, 2), ("UK2", 1, 0), ("UK3", 0, 0)]


@pytest.mark.django_db
def test_reader_finds_the_answer_as_a_word_with_the_dates_that_decide(client):
    plan = PlanFactory(closed=True)
    commitment = CommitmentFactory(plan=plan, published_on=plan.start_date)
    make_update(MilestoneFactory(commitment=commitment), "completed")

    page = read(client, f"{plan.get_absolute_url()}repository/")

    said = [row.all(css="answer")[0].text() for row in page.section("answers").all("tr")[1:]]
    assert said == ["Met", "Not met", "Met", "Met", "Not known", "Not met"]
    answered = page.section("answers").text()
    assert "1 of 1 commitments have a progress update with evidence." in answered
    assert "1 progress update was published here before" in page.section("half-years").text()


@pytest.mark.django_db
def test_reader_of_a_plan_that_closed_before_it_was_here_is_not_told_that_something_was_not_met(
    client,
):
    plan = PlanFactory(closed=True)
    CommitmentFactory(plan=plan, published_on=days_ago(3))

    answered = read(client, f"{plan.get_absolute_url()}repository/").section("answers")

    said = [row.all(css="answer")[0].text() for row in answered.all("tr")[1:]]
    assert said == ["Does not apply"] * 6
    assert "plan had already closed, on" in answered.text()
    assert "before any of its commitments was on this site" in answered.text()


@pytest.mark.django_db
def test_reader_of_a_plan_without_days_is_told_that_they_are_unknown(client):
    plan = PlanFactory(start_date=None, end_date=None)

    page = read(client, f"{plan.get_absolute_url()}repository/")

    said = [row.all(css="answer")[0].text() for row in page.section("answers").all("tr")[1:]]
    assert said[0] == "Not met"
    assert said[-1] == "Not known"
    assert (
        "is not recorded here, so its half-years are not known."
        in page.section("half-years").text()
    )
    assert "No commitment in this plan is recorded here yet." in page.first("main").text()
