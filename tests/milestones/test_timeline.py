"""The timeline: every date has a mark inside both drawings, and the list says the same."""

import re
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from milestones.levels import Level
from milestones.timeline import MANY, NARROW, RADIUS, STEP, WIDE, timeline
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_correction,
    make_update,
    move_due_date,
)
from tests.pages import page_of

TODAY = date(2021, 6, 15)

SCOTLAND = SimpleNamespace(label="Scotland")


class Rows(list):
    """Stands for prefetched rows."""

    def all(self):
        return self


def update(pk, as_of, level=Level.LIMITED, corrects=None, words=""):
    return SimpleNamespace(
        pk=pk,
        day=as_of,
        milestone_id=None,
        as_of_in_words=words or date_format(as_of),
        level=level,
        level_basis="given",
        words_as_published="",
        corrects_id=corrects,
        nations=Rows([SCOTLAND]),
    )


def milestone(number=1, due_on=None, moved_from=(), updates=()):
    changes = [SimpleNamespace(due_from=day, reason="Late") for day in moved_from]
    return SimpleNamespace(
        pk=None,
        name=f"Milestone {number}",
        due_on=due_on,
        due_in_words=due_on and date_format(due_on),
        due_date_changes=changes,
        updates=Rows(updates),
    )


class Plan(SimpleNamespace):
    def __str__(self):
        return "The plan"


def commitment(milestones=(), plan=(None, None), days=(None, None), words=""):
    return SimpleNamespace(
        plan=Plan(start_date=plan[0], end_date=plan[1]) if plan else None,
        start_date=days[0],
        end_date=days[1],
        timeline_as_published=words,
        milestones=Rows(milestones),
        nations=Rows([SCOTLAND, SimpleNamespace(label="Wales")]),
        pk=None,
        updates=Rows(),
    )


def events_of(drawn):
    return [event for mark in drawn.marks for event in mark.events]


some_days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
periods = st.tuples(some_days, some_days).map(lambda pair: tuple(sorted(pair)))
some_updates = st.lists(st.tuples(some_days, st.sampled_from(list(Level))), max_size=6)
some_milestones = st.lists(
    st.tuples(st.none() | some_days, st.lists(some_days, max_size=3), some_updates), max_size=4
)


class TestDrawing:
    @given(periods, periods, some_milestones, some_days)
    def test_reader_finds_every_date_inside_both_drawings_and_in_the_list(
        self, plan, days, given_milestones, on
    ):
        promised = commitment(
            [
                milestone(number, due, moved, [update(n, *row) for n, row in enumerate(updates)])
                for number, (due, moved, updates) in enumerate(given_milestones)
            ],
            plan,
            days,
        )

        drawn = timeline(promised, on)

        for width in (WIDE, NARROW):
            places = drawn.places(width)
            assert len(places) == len(drawn.marks)
            assert all(RADIUS <= x <= width - RADIUS for x, _y in places)
            lanes = {y: [x for x, lane in places if lane == y] for _x, y in places}
            for marks in lanes.values():
                assert all(b - a >= STEP for a, b in pairwise(marks))
        told = [event.day for event in events_of(drawn)]
        held = [*plan, *days]
        for due, moved, updates in given_milestones:
            held += [*moved, *(day for day, _level in updates), *([due] if due else [])]
        assert told == sorted(held)

    def test_reader_finds_no_drawing_where_no_date_is_known(self):
        assert timeline(commitment([milestone()]), TODAY) is None
        assert timeline(commitment(plan=None), TODAY) is None

    def test_reader_sees_today_only_within_the_years_of_the_drawing(self):
        promised = commitment(plan=(date(2019, 5, 1), date(2020, 5, 1)))

        for on, shows_today in ((date(2020, 12, 31), True), (date(2021, 1, 1), False)):
            drawn = timeline(promised, on)
            assert drawn.shows_today is shows_today
            assert ('class="now"' in drawn.wide) is shows_today

    def test_reader_finds_what_happened_on_one_date_under_one_number_in_order(self):
        day = date(2020, 5, 1)
        drawn = timeline(
            commitment([milestone(n, day, updates=[update(n, day)]) for n in (1, 2)], plan=None),
            TODAY,
        )

        (mark,) = drawn.marks
        assert [event.about[-1] for event in mark.events] == ["1", "1", "2", "2"]
        assert not mark.is_planned

    def test_reader_finds_many_dates_put_together_by_month(self):
        days = [date(2020, 1, 1 + number) for number in range(MANY + 1)]
        few, many = (
            timeline(commitment([milestone(1, day) for day in given], plan=None), TODAY)
            for given in (days[:MANY], days)
        )

        assert len(few.marks) == MANY
        assert len(many.marks) == 1
        assert len(events_of(many)) == MANY + 1

    def test_reader_does_not_see_a_corrected_report_as_if_it_counted(self):
        day = date(2020, 5, 1)
        reports = [update(2, day, Level.LIMITED, corrects=1), update(1, day, Level.SUBSTANTIAL)]
        drawn = timeline(commitment([milestone(updates=reports)]), TODAY)

        assert {(event.update.level, event.what) for event in events_of(drawn)} == {
            ("limited", "Scotland"),
            ("substantial", "Scotland (corrected by a later update)"),
        }

    def test_reader_finds_the_date_in_the_words_of_the_source(self):
        report = update(1, date(2021, 5, 31), words="May 2021")
        (event,) = events_of(timeline(commitment([milestone(updates=[report])]), TODAY))

        assert (event.day, event.day_in_words) == (date(2021, 5, 31), "May 2021")


@pytest.mark.django_db
class TestPage:
    def drawn(self, client):
        plan = PlanFactory(start_date=days_ago(400), end_date=days_ago(-301))
        row = CommitmentFactory(
            plan=plan,
            start_date=days_ago(333),
            end_date=days_ago(-77),
            timeline_as_published="Soon <b>",
            nations=["sct", "wls"],
        )
        step = MilestoneFactory(commitment=row, due_on=days_ago(100))
        MilestoneFactory(commitment=row, due_on=None)
        move_due_date(step, to=days_ago(-31), reason="Late & sorry", institution=None, by=None)
        first = make_update(step, "limited", nations=["sct"], as_of=days_ago(50))
        make_correction(first, "not_started")
        make_update(step, "completed", nations=["wls"], as_of=days_ago(50))
        return page_of(client, row).section("timeline")

    def test_reader_finds_all_dates_of_the_drawing_in_the_list(self, client):
        section = self.drawn(client)
        steps = section.first("ol", "steps").inside_of("li")
        told = {
            step.first("time").attrs["datetime"]: sorted(
                event.text() for event in step.all("span", "event")
            )
            for step in steps
        }

        said = "“Soon <b>” in the plan"
        name = "Milestone 1"
        plan = section.first("span", "event").text().partition(":")[0]
        assert told == {
            days_ago(400).isoformat(): [f"{plan}: first possible date"],
            days_ago(333).isoformat(): [f"First possible date: {said}"],
            days_ago(100).isoformat(): [f"{name}: was due; moved: Late & sorry"],
            days_ago(50).isoformat(): [
                f"{name}: Completed Wales",
                f"{name}: Limited Behind schedule Scotland (corrected by a later update)",
                f"{name}: Not started On schedule Scotland",
            ],
            days_ago(-31).isoformat(): [f"{name}: due"],
            days_ago(-77).isoformat(): [f"Last possible date: {said}"],
            days_ago(-301).isoformat(): [f"{plan}: last possible date"],
        }
        assert [len(chart.all("circle")) for chart in section.all("svg", "chart")] == [7, 7]
        assert ["planned" in step.classes for step in steps] == [True] * 3 + [False] + [True] * 3

    def test_reader_is_told_which_line_is_today(self, client):
        assert "The dotted line is today," in self.drawn(client).text()

    def test_numbers_of_the_drawing_have_no_separators(self, client, settings):
        settings.USE_THOUSAND_SEPARATOR = True
        section = self.drawn(client)
        for chart in section.all("svg", "chart"):
            shapes = [part for part in chart.walk() if part.tag in {"circle", "text"}]
            names = {"x", "cx", "y", "cy", "r"}
            numbers = [
                value for part in shapes for name, value in part.attrs.items() if name in names
            ]

            assert len(numbers) > 30
            assert [one for one in numbers if not re.fullmatch(r"\d+(\.\d+)?", one)] == []
            assert re.fullmatch(r"0 0 \d+ \d+", chart.attrs["viewbox"])
            years = {part.text() for part in chart.all("text", "soft")}
            assert str(days_ago(0).year) in years
