"""The timeline: every day has its place inside the drawing, and the table says the same."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from milestones.levels import SIGNS, Level
from milestones.timeline import GUTTER, MARK, RIGHT, WIDTH, timeline
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
        pk=None,
        updates=Rows(),
    )


def marks_of(drawn, label="Milestone 1"):
    (track,) = [track for track in drawn.tracks if track.label == label]
    return [(x, sign.css) for x, sign in track.marks]


some_days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
periods = st.tuples(some_days, some_days).map(lambda pair: tuple(sorted(pair)))
some_updates = st.lists(st.tuples(some_days, st.sampled_from(list(Level))), max_size=6)
some_milestones = st.lists(
    st.tuples(st.none() | some_days, st.lists(some_days, max_size=3), some_updates), max_size=4
)


class TestDrawing:
    @given(periods, periods, some_milestones, some_days)
    def test_reader_finds_every_day_inside_the_drawing_and_in_the_table(
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

        low, high = GUTTER, WIDTH - RIGHT
        for track in drawn.tracks:
            assert 0 < track.y < track.middle < drawn.height
            if track.bar:
                assert low <= track.bar[0] <= track.bar[1] <= high
                assert track.bar[0] + track.bar_width <= WIDTH
            assert all(low <= x <= high for x, _moved in track.dues)
            assert all(x >= 0 and x + MARK <= WIDTH for x, _sign in track.marks)
        assert all(low <= x <= high for x, _year in drawn.years)
        assert drawn.today_x is None or low <= drawn.today_x <= high

        told = [event.day for event in drawn.events]
        held = [*plan, *days]
        for due, moved, updates in given_milestones:
            held += [*moved, *(day for day, _level in updates), *([due] if due else [])]
        assert told == sorted(held)

    def test_reader_finds_days_in_their_order_and_the_same_day_in_one_place(self):
        first, last = date(2019, 3, 1), date(2021, 8, 31)
        drawn = timeline(
            commitment(
                [milestone(1, date(2021, 1, 1)), milestone(2, last, moved_from=[first])],
                (date(2019, 1, 1), date(2021, 12, 31)),
                (first, last),
            ),
            TODAY,
        )
        plan, own, one, two = drawn.tracks

        assert plan.bar == (GUTTER, WIDTH - RIGHT)
        assert two.dues == [(own.bar[0], True), (own.bar[1], False)]
        assert own.bar[0] < one.dues[0][0] < own.bar[1]
        assert [year for _x, year in drawn.years] == [2019, 2020, 2021]
        assert drawn.years[0][0] == GUTTER
        assert one.dues[0][0] == drawn.years[2][0]

    def test_reader_sees_a_period_of_one_day(self):
        day = date(2020, 12, 31)
        drawn = timeline(commitment(plan=(day, day), days=(day, day)), TODAY)

        assert [track.bar_width for track in drawn.tracks] == [3, 3]
        assert drawn.tracks[0].bar[0] + 3 <= WIDTH

    def test_reader_finds_no_drawing_where_no_day_is_known(self):
        assert timeline(commitment([milestone()]), TODAY) is None
        assert timeline(commitment(plan=None), TODAY) is None

    def test_reader_finds_a_day_of_a_period_of_which_the_other_is_not_known(self):
        drawn = timeline(commitment(plan=(date(2020, 1, 1), None)), TODAY)

        assert drawn.tracks == []
        assert [event.day for event in drawn.events] == [date(2020, 1, 1)]

    def test_reader_sees_today_only_within_the_years_of_the_drawing(self):
        promised = commitment(plan=(date(2019, 5, 1), date(2020, 5, 1)))

        assert timeline(promised, date(2020, 12, 31)).today_x == WIDTH - RIGHT
        assert timeline(promised, date(2021, 1, 1)).today_x is None

    def test_reader_finds_the_words_of_the_plan_in_the_bar_only_if_they_fit(self):
        def words(start, said):
            days = (start, date(2021, 12, 31))
            (bar,) = timeline(commitment(days=days, words=said), TODAY).tracks
            return bar.bar_words

        assert words(date(2021, 1, 1), "Spring 2019 - Summer 2021") == "Spring 2019 - Summer 2021"
        assert words(date(2021, 12, 1), "Spring 2019 - Summer 2021") == ""
        assert words(date(2021, 1, 1), "by and by " * 20) == ""


class TestReports:
    def test_reader_sees_many_reports_of_one_day_and_level_as_one_mark(self):
        day = date(2020, 5, 1)
        drawn = timeline(commitment([milestone(updates=[update(n, day) for n in range(5)])]), TODAY)

        assert len(marks_of(drawn)) == 1
        assert len(drawn.events) == 5

    def test_reader_sees_levels_of_one_day_side_by_side(self):
        day = date(2020, 12, 31)
        reports = [update(n, day, level) for n, level in enumerate(reversed(Level))]
        drawn = timeline(commitment([milestone(updates=reports)]), TODAY)

        marks = marks_of(drawn)
        assert [css for _x, css in marks] == [SIGNS[level].css for level in Level]
        assert len({x for x, _css in marks}) > 1
        assert all(x + MARK <= WIDTH for x, _css in marks)

    def test_reader_does_not_see_a_corrected_report_as_if_it_counted(self):
        day = date(2020, 5, 1)
        reports = [update(2, day, Level.LIMITED, corrects=1), update(1, day, Level.SUBSTANTIAL)]
        drawn = timeline(commitment([milestone(updates=reports)]), TODAY)

        assert [css for _x, css in marks_of(drawn)] == ["limited"]
        assert {(event.update.level, event.what) for event in drawn.events} == {
            ("limited", "Scotland"),
            ("substantial", "Scotland (corrected by a later update)"),
        }

    def test_reader_finds_the_day_in_the_words_of_the_source(self):
        report = update(1, date(2021, 5, 31), words="May 2021")
        (event,) = timeline(commitment([milestone(updates=[report])]), TODAY).events

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
        )
        step = MilestoneFactory(commitment=row, due_on=days_ago(100))
        MilestoneFactory(commitment=row, due_on=None)
        move_due_date(step, to=days_ago(-31), reason="Late & sorry", institution=None, by=None)
        first = make_update(step, "limited", nations=["sct"], as_of=days_ago(50))
        make_correction(first, "not_started")
        make_update(step, "completed", nations=["wls"], as_of=days_ago(50))
        return page_of(client, row).section("timeline")

    def test_reader_finds_all_days_of_the_drawing_in_the_table(self, client):
        rows = self.drawn(client).first("tbody").all("tr")
        told = [(row.first("time").attrs["datetime"], row.all("td")[1].text()) for row in rows]

        ago = {
            number: days_ago(number).isoformat() for number in (400, 333, 100, 50, -31, -77, -301)
        }
        assert told[:3] == [
            (ago[400], "First possible day of the plan"),
            (ago[333], "First possible day"),
            (ago[100], "Earlier due date, moved: Late & sorry"),
        ]
        assert sorted(told[3:6]) == [
            (ago[50], "Completed: Wales"),
            (ago[50], "Limited Behind schedule: Scotland (corrected by a later update)"),
            (ago[50], "Not started On schedule: Scotland"),
        ]
        assert told[6:] == [
            (ago[-31], "Due date"),
            (ago[-77], "Last possible day"),
            (ago[-301], "Last possible day of the plan"),
        ]

    def test_reader_is_told_which_stroke_is_today(self, client):
        assert "The stroke from top to bottom: today," in self.drawn(client).text()

    @pytest.mark.parametrize("language", ["en-gb", "de"])
    def test_numbers_of_the_drawing_are_numbers_in_every_language(self, client, settings, language):
        settings.USE_THOUSAND_SEPARATOR = True
        with translation.override(language):
            section = self.drawn(client)
        chart = section.first("svg", "chart")
        shapes = [part for part in chart.walk() if part.tag in {"line", "rect", "use", "text"}]
        names = {"x", "x1", "x2", "y", "y1", "y2", "width", "height", "rx"}
        numbers = [value for part in shapes for name, value in part.attrs.items() if name in names]

        assert len(numbers) > 40
        assert [number for number in numbers if not re.fullmatch(r"\d+(\.\d+)?", number)] == []
        assert re.fullmatch(r"0 0 \d+ \d+", chart.attrs["viewbox"])
        years = {part.text() for part in chart.all("text", "soft")}
        today = days_ago(0)
        assert str(today.year) in years
        assert all(re.fullmatch(r"\d{4}", year) for year in years)

    def test_drawing_of_many_milestones_grows_downwards(self, client):
        row = CommitmentFactory(plan=PlanFactory())
        for number in range(40):
            MilestoneFactory(commitment=row, due_on=days_ago(number))
        chart = page_of(client, row).section("timeline").first("svg", "chart")

        height = int(chart.attrs["viewbox"].split()[3])
        assert height > 40 * 30
        assert all(float(text.attrs["y"]) < height for text in chart.all("text"))
        assert len(chart.all("line", "due")) >= 40


def test_a_day_before_the_first_of_a_month_lies_left_of_it():
    days = [date(2020, 2, 28) + timedelta(days=number) for number in range(3)]
    drawn = timeline(commitment([milestone(number, day) for number, day in enumerate(days)]), TODAY)
    places = [track.dues[0][0] for track in drawn.tracks]

    assert places == sorted(set(places))
