"""Pages as they were: at the end of a past day a page says what it said then, and nothing later."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from ogp_tracker.opendata.past.links import with_day
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_correction,
    make_update,
    nation,
)
from tests.once import once
from tests.pages import queries_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

THEN = 20
"""So many days ago the readers of these tests look at the site."""


def happened(row, ago):
    """Let all versions of the row that are of today be of so many days ago.

    By the clock of the site, which may have been put forward or back since.
    """
    moment = timezone.localtime() - timedelta(days=ago)
    row.history.filter(history_date__gte=timezone.now() - timedelta(hours=1)).update(
        history_date=moment
    )


def edited(row, ago, **said):
    for name, value in said.items():
        setattr(row, name, value)
    row.save()
    happened(row, ago)


class World:
    """A plan of which much was said before and after the day that readers look at."""

    def __init__(self):
        self.plan = PlanFactory(title="The plan", end_date=days_ago(10))
        happened(self.plan, 60)
        self.commitment = self.published("UK7001", 50, title="First title")
        self.milestone = MilestoneFactory(
            commitment=self.commitment, text="First text", due_on=days_ago(30)
        )
        happened(self.milestone, 50)
        self.report("limited", 40)
        self.later = self.published("UK7002", 5, title="Later title")
        self.withdrawn = self.published("UK7003", 50, title="Withdrawn title")
        edited(self.withdrawn, 6, published_on=None)
        self.draft = CommitmentFactory(ogp_id="UK7004", plan=self.plan, draft=True)
        happened(self.draft, 50)
        self.speak_later()

    def published(self, ogp_id, ago, **given):
        row = CommitmentFactory(ogp_id=ogp_id, plan=self.plan, published_on=days_ago(ago), **given)
        for one in (row, row.involvements.get(), row.involvements.get().institution):
            happened(one, ago)
        return row

    def report(self, level, ago):
        now = timezone.localtime() - timedelta(days=ago)
        self.first = make_update(
            self.milestone, level, nations=["sct"], now=now, narrative="Early words."
        )

    def speak_later(self):
        edited(self.commitment, 8, title="Second title")
        edited(self.milestone, 8, text="Second text")
        now = timezone.localtime() - timedelta(days=7)
        make_correction(self.first, "completed", now=now, narrative="Late words.", nations=["sct"])
        assessment = AssessmentFactory(commitment=self.commitment, analysis="Late finding.")
        FindingFactory(assessment=assessment, milestone=self.milestone, found="Late finding.")

    def pages(self):
        rows = (self.plan, self.commitment, self.milestone, nation("sct"))
        lead = self.commitment.involvements.get().institution
        return ["/", "/plans/", *(row.get_absolute_url() for row in (*rows, lead))]


past = once(World)


def as_at(address, ago=THEN):
    return f"{address}?as_at={days_ago(ago)}"


def test_reader_of_a_past_day_reads_what_was_said_then_and_nothing_later(client, past):
    said = {address: read(client, as_at(address)).first("main").text() for address in past.pages()}

    for address, words in said.items():
        for later in ("Second t", "Later title", "Late words", "Late finding", "Completed 1"):
            assert later not in words, address
        assert past.draft.title not in words, address
    commitment, milestone = (
        said[row.get_absolute_url()] for row in (past.commitment, past.milestone)
    )
    assert "First title" in commitment
    assert "Early words." in milestone
    assert "First text" in milestone
    assert "Corrected by a later update" not in milestone
    # What was taken back later was there to be read.
    assert "Withdrawn title" in said[past.plan.get_absolute_url()]


def test_reader_of_a_past_day_finds_the_clock_of_that_day(client, past):
    plan, milestone = past.plan.get_absolute_url(), past.milestone.get_absolute_url()

    assert "Runs until" in read(client, as_at(plan)).first("main").text()
    assert "Closed on" in read(client, plan).first("main").text()
    glance = read(client, as_at(milestone)).section("glance").facts()
    assert [said.text() for said in glance["On that date"]] == ["Overdue"]
    assert "Today" not in glance
    assert "1 of these plans is running." in read(client, as_at("/")).section("all").text()


def test_reader_is_told_the_day_and_finds_the_way_back(client, past):
    address, day = past.commitment.get_absolute_url(), date_format(days_ago(THEN))
    page = read(client, as_at(address))
    banner = page.first("aside", css="past")

    assert f"as at the end of {day}" in banner.text()
    assert [link.attrs["href"] for link in banner.all("a")] == [
        address,
        f"{address}changes/?from={days_ago(THEN)}",
        "#another-day",
    ]
    assert f"First title, as at {day}" in page.title
    assert page.first("meta", name="robots").attrs["content"] == "noindex"
    assert page.first("link", rel="canonical").attrs["href"] == f"http://localhost{address}"
    assert not read(client, address).all("meta", name="robots")


def test_reader_walks_about_in_the_past_and_sees_which_links_leave_it(client, past):
    page = read(client, as_at(past.commitment.get_absolute_url()))
    links = {link.attrs["href"]: link for link in page.all("a")}
    plan = as_at(past.plan.get_absolute_url())

    assert {plan, as_at(past.milestone.get_absolute_url()), as_at("/")} <= set(links)
    assert "data-to-today" not in links[plan].attrs
    away = links["/commitments/"].attrs
    assert "data-to-today" in away
    assert page.first(id=away["aria-describedby"]).text()
    assert read(client, plan).first("h1").text() == "The plan"


def test_link_keeps_its_query_and_place_and_a_foreign_one_is_left_alone():
    page = (
        '<a href="/plans/?page=2#top">x</a><a href="https://gov.uk/plans/">x</a>'
        '<a class="x" href="//plans/">x</a><a href="#here">x</a><a href="/nowhere">x</a>'
    )

    assert with_day(page, days_ago(0)) == (
        f'<a href="/plans/?page=2&amp;as_at={days_ago(0)}#top">x</a>'
        '<a href="https://gov.uk/plans/">x</a><a class="x" href="//plans/">x</a>'
        '<a href="#here">x</a>'
        '<a data-to-today aria-describedby="to-today" href="/nowhere">x</a>'
    )


def test_reader_of_what_was_withdrawn_since_is_not_led_to_a_page_that_is_not_there(client, past):
    address = past.withdrawn.get_absolute_url()
    page = read(client, as_at(address))

    assert page.first("h1").text().endswith("Withdrawn title")
    assert "This address has no page today." in page.first("aside", "past").text()
    assert address not in {link for link, _place in page.links()}
    assert read(client, address, status=404)


def test_reader_of_a_day_before_a_page_is_told_so_and_led_to_today(client, past):
    address = past.later.get_absolute_url()
    page = read(client, as_at(address), status=404)

    assert page.first("h1").text() == f"This was not on this site on {date_format(days_ago(THEN))}"
    assert address in {link for link, _place in page.links()}
    assert "Later title" not in page.html
    page = read(client, f"{address}?as_at=0001-01-01", status=404)
    assert "This was not on this site" in page.first("h1").text()
    assert read(client, address).first("input", name="as_at").attrs["min"] == str(days_ago(5))
    # What is a draft to this day is no more known than what never was.
    for never in (past.draft.get_absolute_url(), "/commitments/UK7999/"):
        page = read(client, as_at(never), status=404)
        assert page.first("h1").text() == "Page not found"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("yesterday", "Enter a date, like 27 March 2026."),
        ("2026-02-30", "This date does not exist."),
        ("%00", "Enter a date"),
        ("9999-12-31", "is in the future"),
        ("0001-01-01", "had published nothing"),
    ],
)
def test_reader_who_asks_for_an_impossible_day_is_told_beside_it_and_reads_today(
    client, past, typed, said
):
    page = read(client, f"/nations/sct/?as_at={typed}")
    field = page.first("input", name="as_at")

    assert field.attrs["aria-invalid"] == "true"
    assert field.attrs["min"] == str(days_ago(50))
    (told,) = [page.first(id=one) for one in field.attrs["aria-describedby"].split()[1:]]
    assert said in told.text()
    assert said in page.first("p", role="status").text()
    assert "Second title" in page.section("commitments").text()


def test_reader_who_types_an_address_differently_keeps_the_day(client, past):
    answer = client.get(as_at("/commitments/uk7001/"))

    assert (answer.status_code, answer["Location"]) == (301, as_at("/commitments/UK7001/"))


def test_page_of_today_by_its_day_says_that_the_day_goes_on(client, past):
    page = read(client, as_at(past.commitment.get_absolute_url(), 0))

    assert page.first("h1").text() == "Second title"
    assert "This is today’s version" in page.first("aside", css="past").text()


def test_page_of_the_past_asks_no_more_than_that_of_today(client, past):
    asked = {
        address: (queries_of(client, address), queries_of(client, as_at(address, 3)))
        for address in past.pages()
    }

    assert {address: pair for address, pair in asked.items() if pair[1] > pair[0]} == {}
    assert max(today for today, _past in asked.values()) <= 32
