"""Dates are read as people write them, and what can be read in two ways is not read."""

from datetime import date

import pytest

from ogp_tracker.common.written_dates import InvalidDate, read_date, read_day

LAST_OF_MARCH = date(2027, 3, 31)


@pytest.mark.parametrize(
    "words",
    [
        "31 March 2027",
        "31st March 2027",
        "31 Mar 2027",
        "31 Mar. 2027",
        "31/03/2027",
        "31/3/27",
        "31.03.2027",
        "31-03-2027",
        "31-Mar-2027",
        "2027-03-31",
        "2027/03/31",
        "March 31, 2027",
        "Wednesday 31st of March 2027",
        "  31\u00a0MARCH\u202f2027 ",
    ],
)
def test_officer_writes_a_day_in_any_usual_way(words):
    assert read_day(words) == LAST_OF_MARCH


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("June 2023", date(2023, 6, 1), date(2023, 6, 30)),
        ("Sept. 2023", date(2023, 9, 1), date(2023, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("Q3 2027", date(2027, 7, 1), date(2027, 9, 30)),
        ("2027 Q4", date(2027, 10, 1), date(2027, 12, 31)),
        ("Spring 2024", date(2024, 3, 1), date(2024, 5, 31)),
        ("winter 2021/22", date(2021, 12, 1), date(2022, 2, 28)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("end 2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("Mid-June 2023", date(2023, 6, 1), date(2023, 6, 30)),
        ("by the end of 2023", None, date(2023, 12, 31)),
        ("autumn 2021 onwards", date(2021, 9, 1), None),
        ("Spring 2019 – Summer 2021", date(2019, 3, 1), date(2021, 8, 31)),
        ("1 May 2021 to June 2022", date(2021, 5, 1), date(2022, 6, 30)),
    ],
)
def test_period_has_a_first_and_a_last_possible_day(words, first, last):
    period = read_date(words)

    assert (period.first, period.last, period.day) == (first, last, None)


@pytest.mark.parametrize(
    "words",
    [
        *("", "soon", "tomorrow", "winter 2024", "2023-24", "31 March", "March", "12/31/2027"),
        *("1.10", "Q5 2024", "0000", "9999-", "31 March 2027\0", "x" * 5000, "٣١ March 2027"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_not_guessed(words):
    with pytest.raises(InvalidDate, match=r"Enter a date, like 27 March 2026\."):
        read_date(words)


@pytest.mark.parametrize("words", ["31/06/2027", "2027-06-31", "31 June 2027", "29 February 2023"])
def test_date_that_no_calendar_has_is_called_that(words):
    with pytest.raises(InvalidDate, match=r"This date does not exist\."):
        read_day(words)


def test_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidDate, match=r"before the first\. Swap the two\."):
        read_date("June 2022 to May 2021")


def test_period_is_not_taken_for_a_day_and_the_sentence_says_so():
    with pytest.raises(InvalidDate) as refused:
        read_day("Q3 2027")

    assert refused.value.message == (
        "“Q3 2027” is not a single date. Enter a date, like 30 September 2027."
    )
