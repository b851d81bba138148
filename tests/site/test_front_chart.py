"""The promises in time: what is drawn, what only counted, and that all of it fits."""

import re
from datetime import date

import pytest

from commitments.models import ActionPlan
from irm.spoken import Spoken, SpokenCounts
from ogp_tracker.front.chart import NARROW, WIDE, draw
from ogp_tracker.front.lanes import MAX_LANES, MAX_PLANS, MAX_SQUARES, lanes_of

TODAY = date(2026, 11, 29)
ONE_OF_EACH = SpokenCounts(list(Spoken))


def plan(key, first, last, member="United Kingdom"):
    years = {"start_date": first and date(first, 1, 1), "end_date": last and date(last, 12, 31)}
    return ActionPlan(pk=key, title=f"Plan {key}", member=member, **years)


def drawn(plans, counts, shape=WIDE, **given):
    lanes = lanes_of(plans, counts, given.pop("only_members", {}), given.pop("example", None))
    return lanes, draw(lanes.shown, TODAY, shape, "our example")


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_each_promise_is_a_square_whose_halves_say_who_has_spoken(shape):
    _lanes, drawing = drawn([plan(1, 2019, 2021)], {1: ONE_OF_EACH}, shape)

    assert drawing.squares.frame.count("M") == 6
    assert drawing.squares.government.count("M") == 2
    assert drawing.squares.assessor.count("M") == 3
    # Two lines of hatching and two brackets each.
    assert drawing.squares.ours.count("M") == 2 * 4


def test_governments_have_a_lane_each_and_a_nation_with_plans_under_the_uk_its_own():
    plans = [
        plan(1, 2016, 2018, "Chile"),
        plan(2, 2016, 2018),
        plan(3, 2016, 2018),
        plan(4, 2021, 2025, "Scotland, United Kingdom"),
    ]
    lanes, _drawing = drawn(
        plans, dict.fromkeys(range(1, 5), ONE_OF_EACH), only_members={3: "Wales, United Kingdom"}
    )

    assert [(lane.government, [row.years for row in lane.rows]) for lane in lanes.shown] == [
        ("UK Government", ["2016–18"]),
        ("Scotland", ["2021–25"]),
        ("Wales", ["2016–18"]),
        ("Chile", ["2016–18"]),
    ]
    assert (lanes.governments, lanes.plans, lanes.since) == (4, 4, 2016)


def feet_of(drawing):
    return {
        text.words: text.y for text in drawing.texts if text.css == "soft" and "–" in text.words
    }


def test_plans_that_overlap_by_more_than_a_year_go_below_each_other():
    plans = [plan(1, 2019, 2021), plan(2, 2021, 2023), plan(3, 2020, 2022)]
    _lanes, drawing = drawn(plans, dict.fromkeys((1, 2, 3), SpokenCounts({Spoken.NOBODY: 8})))

    feet = feet_of(drawing)
    assert feet["2019–21"] == feet["2021–23"] < feet["2020–22"]


def test_plan_without_dates_is_not_drawn_and_one_with_half_of_them_is_dashed():
    plans = [plan(1, None, None), plan(2, 2019, None), plan(3, None, 2024)]
    lanes, drawing = drawn(plans, dict.fromkeys((1, 2, 3), ONE_OF_EACH))

    assert lanes.undated == 6
    assert drawing.squares.frame.count("M") == 12
    assert (drawing.spans, drawing.unknown.count("M")) == ("", 2)
    assert drawn(plans[:1], {1: ONE_OF_EACH})[1] is None


def test_the_example_is_pinned():
    example = (1, Spoken.READ)
    _lanes, drawing = drawn([plan(1, 2024, 2026)], {1: ONE_OF_EACH}, example=example)

    assert drawing.pin
    assert "our example" in [text.words for text in drawing.texts]


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_with_thousands_of_promises_the_drawing_stays_small_and_within_its_frame(shape):
    members = ["United Kingdom", *(f"A long name of member {number}" for number in range(20))]
    plans = [plan(at, 2011 + at % 15, 2013 + at % 15, members[at % 21]) for at in range(1, 131)]
    counts = {one.pk: SpokenCounts({Spoken.BOTH: one.pk % 60, Spoken.READ: 1}) for one in plans}

    lanes, drawing = drawn(plans, counts, shape)
    rows = [row for lane in lanes.shown for row in lane.rows]
    squares = drawing.squares
    assert len(lanes.shown) <= MAX_LANES
    assert len(rows) == MAX_PLANS == lanes.plans - lanes.left_out
    assert 0 < squares.frame.count("M") <= MAX_SQUARES
    assert lanes.has_numbers
    assert squares.frame.count("M") == sum(row.total for row in rows if row.is_drawn)
    assert {str(row.total) for row in rows if not row.is_drawn} <= {
        text.words for text in drawing.texts
    }
    assert len(squares.frame + squares.government + squares.assessor + squares.ours) < 15_000
    for text in drawing.texts:
        wide = len(text.words) * shape.letter
        left = text.x - wide if text.css == "end" else text.x
        assert -shape.letter <= left, text
        assert left + wide <= shape.width + shape.letter, text
        assert 0 < text.y <= drawing.height
    corners = re.findall(r"M(\S+) (\S+?)h", squares.frame)
    assert max(float(x) for x, _y in corners) + shape.size <= shape.width
