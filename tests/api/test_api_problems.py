"""What goes wrong is answered as problem details, in words, whatever it is."""

import json

import pytest

from ogp_tracker.api import problems, views
from tests.api_pages import API, ask
from tests.pages import read

pytestmark = pytest.mark.django_db


def problem_of(answer):
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    return json.loads(answer.content)


def test_unknown_row_is_told_with_its_key(client):
    assert ask(client, "milestones/UK0096/77/", status=404) == {
        "type": "http://localhost/api/v1/docs/#not-found",
        "title": "Not found",
        "status": 404,
        "detail": "No published milestone has commitment_id “UK0096” and milestone_number “77”.",
        "instance": "/api/v1/milestones/UK0096/77/",
    }


@pytest.mark.parametrize(
    "address",
    [
        "/api/",
        "/api/v2/",
        "/api/v1/no-such-list/",
        "/api/v1/updates/no-uuid/",
        "/api/v1/commitments/%00/",
        "/api/v1/commitments/%0A/",
        "/api/v1/commitments/%F4%89%AF%88/",
        f"/api/v1/milestones/UK0096/{'9' * 30}/",
        f"/api/v1/milestones/UK0096/{'9' * 5000}/",
        f"/api/v1/commitments/{'x' * 5000}/",
    ],
)
def test_address_that_there_is_not_is_told_so(client, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert problem_of(answer)["type"].endswith("#not-found")


def test_address_without_its_last_slash_leads_to_the_one_with_it(client):
    answer = client.get(f"{API}commitments?nation=sct")

    assert (answer.status_code, answer["Location"]) == (301, f"{API}commitments/?nation=sct")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("address", ["", "commitments/", "commitments/UK0096/", "schema/"])
def test_nothing_can_be_written(client, method, address):
    answer = getattr(client, method)(f"{API}{address}")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert problem_of(answer)["detail"] == (
        f"{method.upper()} is not allowed: the API is read-only. Use GET, HEAD or OPTIONS."
    )


def test_program_may_ask_what_it_can_do(client):
    answer = client.options(f"{API}commitments/")

    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/csv;q=1", "nonsense"])
def test_format_that_there_is_not_is_told_with_the_one_there_is(client, accept):
    answer = client.get(f"{API}commitments/", headers={"accept": accept})

    assert answer.status_code == 406
    assert problem_of(answer)["detail"] == (
        "This address returns application/json. Allow it in the “Accept” header."
    )


def test_browser_gets_json_because_it_takes_anything(client):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    answer = client.get(f"{API}commitments/", headers={"accept": accept})

    assert answer["Content-Type"] == "application/json"


def test_fault_of_ours_is_told_without_its_insides(client, monkeypatch):
    def fail(*given, **more):
        raise RuntimeError("a secret")

    monkeypatch.setattr(views.reading, "page_of", fail)
    client.raise_request_exception = False

    answer = client.get(f"{API}commitments/")

    assert answer.status_code == 500
    assert problem_of(answer)["title"] == "Something went wrong"
    assert "secret" not in answer.text


def test_host_that_is_not_ours_is_told_so(client):
    answer = client.get(f"{API}commitments/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert problem_of(answer)["type"].endswith("#bad-request")


def test_every_kind_of_problem_has_its_place_on_the_page(client):
    page = read(client, f"{API}docs/")

    for kind in problems.KINDS:
        assert page.first("div", id=kind.name).first("dt").text() == f"{kind.status} {kind.name}"
