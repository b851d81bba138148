"""Taking a table away: the selection of a page, a past day, and what cannot be answered."""

import csv
import io

import pytest

from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    nations,
)
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitments():
    """Three commitments: in Scotland and Wales, in England, in England without a plan."""
    nations()
    return [
        CommitmentFactory(ogp_id="UK9001", nations=["sct", "wls"]),
        CommitmentFactory(ogp_id="UK9002", nations=["eng"], plan=PlanFactory(slug="a-plan")),
        CommitmentFactory(ogp_id="UK9003", plan=None, nations=["eng"]),
    ]


def rows(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.getvalue()
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def ids(client, address):
    return [row["commitment_id"] for row in rows(client, address)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["UK9001", "UK9002", "UK9003"]),
        ("nation=sct", ["UK9001"]),
        ("nation=eng&plan=a-plan", ["UK9002"]),
        ("nation=eng&sort=id", ["UK9002", "UK9003"]),
        ("nation=nir", []),
        ("nation=eng&page=7", ["UK9002", "UK9003"]),
        ("nation=eng&nation=sct", ["UK9001", "UK9002", "UK9003"]),
    ],
)
def test_selection_is_that_of_the_page(client, commitments, query, expected):
    assert sorted(ids(client, f"/data/commitments.csv?{query}")) == expected


def test_list_offers_exactly_what_it_shows(client, commitments):
    page = read(client, "/commitments/?nation=eng&sort=title&level=nonsense")
    offered = page.first("p", "download").all("a")
    csv_link = next(link for link in offered if link.text() == "CSV").attrs["href"]

    assert [link.text() for link in offered[:4]] == ["CSV", "XLSX", "JSON", "JSON Lines"]
    assert csv_link == "/data/commitments.csv?nation=eng&sort=title"
    assert ids(client, csv_link) == ["UK9002", "UK9003"]


def test_every_list_can_be_taken_away(client, commitments):
    for address in ("/nations/", "/plans/", "/institutions/", "/commitments/", "/assessments/"):
        for paragraph in read(client, address).all("p", "download"):
            for link in paragraph.all("a"):
                assert client.get(link.attrs["href"].split("#")[0]).status_code == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("nation=nowhere", "nation"),
        ("colour=red", "“colour” is not a parameter of this table. Use "),
        ("as_at=yesterday", "Enter a date, like 27 March 2026."),
        ("as_at=2026-02-30", "This date does not exist."),
        ("as_at=9999-01-01", "is in the future"),
        ("as_at=2020-01-01", "At the end of “2020-01-01” this site had published nothing. Use "),
        ("level=%00", "level"),
        ("sort=id&sort=title", "“sort”: Choose only one."),
        ("as_at=2026-02-01&as_at=2026-02-02", "Enter a date, like 27 March 2026."),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(client, commitments, query, said):
    answer = client.get(f"/data/commitments.csv?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert said in answer.text


@pytest.mark.parametrize("name", ["nothing.csv", "commitments.exe", "commitments", "a/b.csv"])
def test_what_is_not_there_is_not_found(client, name):
    assert client.get(f"/data/{name}").status_code == 404


def test_nothing_is_written_through_these_addresses(client):
    assert client.post("/data/commitments.csv").status_code == 405


def test_reader_who_has_it_already_is_told_so(client, commitments):
    first = client.get("/data/commitments.csv")
    again = client.get("/data/commitments.csv", HTTP_IF_NONE_MATCH=first["ETag"])
    other = client.get("/data/commitments.csv?nation=sct", HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert "no-cache" in first["Cache-Control"]
    assert first["Content-Disposition"].startswith(
        f'attachment; filename="commitments-{days_ago(0)}.csv"'
    )


def test_head_answers_without_reading_a_row(client, commitments, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        answer = client.head("/data/commitments.csv")

    assert answer["Content-Type"].startswith("text/csv")


def test_number_of_queries_does_not_grow_with_the_rows(client, django_assert_max_num_queries):
    for _number in range(3):
        milestone = MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))
        make_update(milestone)
        AssessmentFactory(commitment=milestone.commitment)
    for name in ("commitments", "milestones", "nation_progress", "updates", "assessments"):
        with django_assert_max_num_queries(4):
            client.get(f"/data/{name}.json").getvalue()


def test_page_of_the_data_says_what_every_column_means(client):
    page = read(client, "/data/")

    for table in ("commitments", "assessments", "history"):
        section = page.section(table)
        assert {"CSV", "XLSX", "JSON", "JSON Lines"} <= {
            link.text().partition(":")[0] for link in section.all("a")
        }
        assert all(pair.inside_of("dd")[0].text() for pair in section.first("dl").inside_of("div"))
