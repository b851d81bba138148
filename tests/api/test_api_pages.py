"""From page to page to the end: every row once, in a fixed order, also while rows come and go."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest

from commitments.models import Commitment
from tests.api_pages import API, ask, every, wrong
from tests.factories import CommitmentFactory, MilestoneFactory, PlanFactory, days_ago, make_update
from tests.once import once

pytestmark = pytest.mark.django_db

SORTS = ["", "plan", "id", "title", "reported"]


@once
def commitments():
    plans = [PlanFactory(title="Same"), PlanFactory(title="Same", start_date=None, end_date=None)]
    numbers = itertools.count(1)
    rows = []
    for plan in (*plans, None, plans[0], None, plans[1], plans[0]):
        number = next(numbers) if plan and len(rows) % 2 else None
        rows.append(CommitmentFactory(plan=plan, title="Same", order=number, nations=["sct"]))
    for day, row in zip((3, 3, 9), rows, strict=False):
        make_update(MilestoneFactory(commitment=row), as_of=days_ago(day))
    return [row.slug for row in rows]


def ids(rows):
    return [row["commitment_id"] for row in rows]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_any_size_give_the_whole_list_in_its_order(client, commitments, sort, size):
    whole = ids(ask(client, f"commitments/?sort={sort}")["results"])
    pages = ids(every(client, f"commitments/?sort={sort}&page_size={size}"))

    assert sorted(whole) == sorted(commitments)
    assert pages == whole


def test_rows_come_as_they_were_recorded_if_no_order_is_chosen(client, commitments):
    assert ids(ask(client, "commitments/")["results"]) == commitments


@pytest.mark.parametrize("sort", SORTS)
def test_every_row_comes_once_while_rows_are_added(client, commitments, sort):
    titles = itertools.cycle(["Aardvark", "Same", "Zebra"])

    rows = ids(
        every(
            client,
            f"commitments/?sort={sort}&page_size=2",
            # Three at a time would never end where the new ones stand last.
            between=lambda: (
                Commitment.objects.count() < 20
                and CommitmentFactory.create_batch(3, title=next(titles))
            ),
        )
    )

    assert len(rows) == len(set(rows))
    assert set(commitments) <= set(rows)


@pytest.mark.parametrize("sort", SORTS)
def test_every_other_row_comes_once_while_one_is_withdrawn(client, commitments, sort):
    first = ids(ask(client, f"commitments/?sort={sort}&page_size=2")["results"])
    last_seen = Commitment.objects.filter(slug=first[-1])

    rows = ids(
        every(
            client,
            f"commitments/?sort={sort}&page_size=2",
            between=lambda: last_seen.update(published_on=None),
        )
    )

    assert sorted(rows) == sorted(commitments)


def test_next_page_keeps_the_choices_and_stands_in_the_header_too(client, commitments):
    address = f"{API}commitments/?nation=sct&sort=title&page_size=2"
    answer = client.get(address)
    following = answer.json()["next"]

    assert following.startswith("http://localhost/api/v1/commitments/?nation=sct&sort=title&")
    assert answer["Link"] == f'<{following}>; rel="next"'
    query = parse_qs(urlsplit(following).query)
    assert (query["nation"], query["page_size"]) == (["sct"], ["2"])


def test_last_page_leads_nowhere(client, commitments):
    answer = client.get(f"{API}commitments/?page_size=7")

    assert answer.json()["next"] is None
    assert "Link" not in answer
    assert set(answer.json()) == {"next", "results"}


def test_empty_list_is_one_empty_page(client):
    assert ask(client, "reports/") == {"next": None, "results": []}


def cursor_of(client, address):
    return parse_qs(urlsplit(ask(client, address)["next"]).query)["cursor"][0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cursor: "x",
        lambda cursor: cursor[:-1],
        lambda cursor: f"A{cursor}",
        lambda cursor: cursor.replace(":", ""),
        lambda cursor: "é" * 3000,
        lambda cursor: "%F0%9F%92%A9:%00",
    ],
)
def test_cursor_that_nobody_gave_is_refused(client, commitments, spoil):
    cursor = spoil(cursor_of(client, "commitments/?page_size=1"))

    assert "cursor" in wrong(client, f"commitments/?cursor={cursor}")


def test_cursor_of_another_list_or_order_is_refused(client, commitments):
    cursor = cursor_of(client, "commitments/?page_size=1")

    for address in ("plans/?", "commitments/?sort=title&"):
        said = wrong(client, f"{address}cursor={cursor}")
        assert said["cursor"].startswith("This cursor is not from this list in this order.")
