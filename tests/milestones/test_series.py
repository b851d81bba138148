"""Milestones by reporting round, in government's own words."""

import pytest

from milestones import series
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_correction,
    make_document,
    make_update,
    nations,
)
from tests.pages import page_of, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return PlanFactory(closed=True)


def milestone_of(plan, **given):
    return MilestoneFactory(commitment=CommitmentFactory(plan=plan, **given))


def said(milestone, words, day, **given):
    source = make_document()
    when = {"as_of": days_ago(day), "as_of_as_published": f"Round {day}"}
    return make_update(milestone, "", words_as_published=words, source=source, **when, **given)


def rows_of(page):
    table = page.first("table", "series")
    rows = [row for row in table.all("tr") if row.all("td")]
    return [head.text() for head in table.first("thead").all("th")[1:]], [
        [(cell.text(), cell.classes[-1]) for cell in row.all("td")] for row in rows
    ]


def test_reader_follows_a_milestone_from_its_first_report_to_its_last(client, plan):
    both = milestone_of(plan, order=1)
    said(both, "In progress", 500)
    said(both, "Nearly there", 300)
    said(milestone_of(plan, order=2), "On hold for now", 400)
    milestone_of(plan, order=3)

    heads, (first, second) = rows_of(page_of(client, plan))
    assert heads == ["Round 500", "Round 400", "Round 300"]
    assert first == [("“In progress”", "run"), ("", "run"), ("“Nearly there”", "run-end")]
    assert second == [("", "empty"), ("“On hold for now”", "pair"), ("", "empty")]
    caption = page_of(client, plan).first("table", "series").first("caption").text()
    assert "Government has reported on 2 milestones." in caption


def test_reader_finds_no_word_of_an_assessor_no_draft_and_nothing_corrected(client, plan):
    milestone = milestone_of(plan)
    told = make_document("IRM report", source_provenance="assessor_report")
    make_update(milestone, "completed", as_of=days_ago(450), source=told)
    assert not page_of(client, plan).all("table", "series")

    wrong = make_update(milestone, "completed", as_of=days_ago(400))
    make_correction(wrong, "limited", as_of=days_ago(400))
    make_update(milestone, "completed", as_of=days_ago(390), publish=False)
    _heads, ((cell,),) = rows_of(page_of(client, plan))
    assert cell[0].startswith("Limited")


def test_reader_of_a_nation_finds_its_newest_plan_with_reports_and_links_to_others(client, plan):
    nations()
    newer = PlanFactory()
    said(milestone_of(plan, nations=["sct"]), "Old", 500)
    milestone = milestone_of(newer, nations=["sct", "wls"])
    said(milestone, "In Scotland", 40, nations=["sct"])
    said(milestone, "In Wales", 30, nations=["wls"])

    page = read(client, "/nations/sct/")
    assert rows_of(page)[1] == [[("“In Scotland”", "pair")]]
    assert page.section("series").all("a", href=f"{plan.get_absolute_url()}#series")
    assert not read(client, "/nations/nir/").all("table", "series")
    _heads, (cells,) = rows_of(page_of(client, newer))
    assert cells == [("“In Scotland” Scotland", "run"), ("“In Wales” Wales", "run-end")]


def test_reader_of_many_finds_those_with_most_reports_and_how_many_there_are(
    client, plan, monkeypatch
):
    monkeypatch.setattr(series, "MILESTONES", 2)
    monkeypatch.setattr(series, "ROUNDS", 2)
    for number in (1, 2, 3):
        milestone = milestone_of(plan, order=number)
        for place in range(number):
            said(milestone, f"Word {number}", 500 - place)

    heads, rows = rows_of(page_of(client, plan))
    assert heads == ["Round 499", "Round 498"]
    assert [row[0][0] for row in rows] == ["“Word 2”", "“Word 3”"]
    caption = page_of(client, plan).first("table", "series").first("caption").text()
    assert "2 of the 3 milestones with a report are shown" in caption
    assert "Earlier reports are on the page of each milestone." in caption
