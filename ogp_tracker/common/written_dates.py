"""Dates as people write them: the first and the last day that the words can mean.

No parser that is kept up reads all of them right; `docs/decisions/0025-dates-in-words.md` has
the comparison. What can be read in two ways, such as “winter 2024” or “2023-24”, is not read.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from time import strptime

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

LONGEST = 120
"""Characters; longer words are not looked at."""

DAY_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y"),
    *("%d-%m-%Y", "%d-%m-%y", "%d %m %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%d %B %y", "%d %b %y", "%B %d %Y", "%b %d %Y"),
)
MONTH_FORMATS = ("%B %Y", "%b %Y", "%b-%Y", "%Y-%m", "%m/%Y")
SEASONS = {"spring": 3, "summer": 6, "autumn": 9}
"""The first of their three months, as the Met Office counts them."""

DAYS_OF_THE_WEEK = "|".join((*calendar.day_name, *calendar.day_abbr)).casefold()
NOT_NEEDED = re.compile(
    rf"[,’']|(?<=[a-z])\.|\b(?:the|of|in|{DAYS_OF_THE_WEEK})\b|(?<=\d)(?:st|nd|rd|th)\b"
)
ROUGHLY = re.compile(r"^(?:early|mid|middle|late|end|start|beginning)[ -](?=.)")
"""Somewhere in the period that follows: no days are made up for it."""

RANGE = re.compile(r" (?:-|to|until) ")


class InvalidDate(ValidationError):
    """The words cannot be read as a date; the message says what to do."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("Enter a date, like 27 March 2026."), code="invalid")


@dataclass(frozen=True)
class Period:
    """From the first to the last possible day; None where the words do not say it."""

    first: date | None
    last: date | None

    @property
    def day(self) -> date | None:
        """The single day that the words name, if they do."""
        return self.first if self.first == self.last else None


def read_date(words: str) -> Period:
    """Raise InvalidDate if the words are not understood, or are 31 June."""
    text = unicodedata.normalize("NFKC", words[: LONGEST + 1]).casefold()
    text = " ".join(NOT_NEEDED.sub(" ", re.sub("[\u2010-\u2015\u2212]", "-", text)).split())
    text = text.replace("sept ", "sep ")
    if not text or len(words) > LONGEST:
        raise InvalidDate
    if len(ends := RANGE.split(text)) == 2:
        whole = Period(_read(ends[0]).first, _read(ends[1]).last)
        if whole.first and whole.last and whole.first > whole.last:
            raise InvalidDate(_("The second date is before the first. Swap the two."))
        return whole
    if text.startswith(("by ", "until ")):
        return Period(None, _read(text.split(" ", 1)[1]).last)
    if text.startswith("from ") or text.endswith(" onwards"):
        return Period(_read(text.removeprefix("from ").removesuffix(" onwards")).first, None)
    return _read(text)


def period_in(words: str) -> Period | None:
    """None if no date can be read in the words."""
    try:
        return read_date(words)
    except InvalidDate:
        return None


def read_day(words: str) -> date:
    """Raise InvalidDate if the words are not a single day."""
    period = read_date(words)
    if period.day is not None:
        return period.day
    example = next(filter(None, (period.last, period.first)))
    sentence = _("“%(words)s” is not a single date. Enter a date, like %(day)s.")
    raise InvalidDate(sentence % {"words": words.strip(), "day": date_format(example, "j F Y")})


@lru_cache(maxsize=1024)
def _read(text: str) -> Period:
    # A table of progress says the same few dates in thousands of cells, at a millisecond each.
    for day in _parsed(text, DAY_FORMATS):
        return Period(day, day)
    rest = ROUGHLY.sub("", text)
    for month in _parsed(rest, MONTH_FORMATS):
        return _months(month.year, month.month, 1)
    if found := re.fullmatch(r"q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?q([1-4])", rest):
        quarter, year = int(found[1] or found[4]), int(found[2] or found[3])
        return _months(year, 3 * quarter - 2, 3)
    if found := re.fullmatch(rf"({'|'.join(SEASONS)}) (\d{{4}})", rest):
        return _months(int(found[2]), SEASONS[found[1]], 3)
    if (found := re.fullmatch(r"winter (\d{2})(\d{2})[/-](\d{2})?(\d{2})", rest)) and (
        int(found[4]) == (int(found[2]) + 1) % 100
    ):
        return _months(int(found[1] + found[2]), 12, 3)
    if re.fullmatch(r"\d{4}", rest):
        return _months(int(rest), 1, 12)
    if any(_parsed(first, DAY_FORMATS) for first in _first_of_the_month(text)):
        raise InvalidDate(_("This date does not exist. Check the day and the month."))
    raise InvalidDate


def _parsed(text: str, formats: tuple[str, ...]) -> list[date]:
    found = []
    for one in formats:
        with suppress(ValueError):
            found.append(date(*strptime(text, one)[:3]))
    return found


def _first_of_the_month(text: str) -> Iterator[str]:
    """The same words with the day 1: a date that can be read, if only the day is wrong."""
    yield re.sub(r"^[0-9]{1,2}(?=\D)", "1", text)
    yield re.sub(r"(?<=\D)[0-9]{1,2}$", "1", text)


def _months(year: int, first: int, count: int) -> Period:
    """Raise InvalidDate for a year that no date has."""
    past, last = divmod(first + count - 2, 12)
    try:
        days = calendar.monthrange(year + past, last + 1)[1]
        return Period(date(year, first, 1), date(year + past, last + 1, days))
    except ValueError:
        raise InvalidDate from None
