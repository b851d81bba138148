"""A page of any other site may read the API, and learns nothing that a stranger would not."""

import pytest

from tests.api_pages import API
from tests.factories import CommitmentFactory, administrator

pytestmark = pytest.mark.django_db

ELSEWHERE = {"origin": "https://elsewhere.example"}


def exposed(answer):
    return set(answer["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("address", [f"{API}commitments/", f"{API}commitments/UK7777/", "/api/x/"])
def test_page_of_another_site_may_read_answers_and_problems(client, address):
    answer = client.get(address, headers=ELSEWHERE)

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert exposed(answer) == {"ETag", "Last-Modified", "Link", "Retry-After"}


def test_page_of_another_site_may_ask_beforehand(client):
    asked = {
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
    }

    answer = client.options(f"{API}commitments/", headers=ELSEWHERE | asked)

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "if-none-match" in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("address", ["/", "/commitments/", "/accounts/login/", "/apiary/"])
def test_page_of_another_site_may_read_no_page(client, address):
    answer = client.get(address, headers=ELSEWHERE)

    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("address", ["", "commitments/", "commitments/UK7777/", "schema/", "docs/"])
def test_api_sets_no_cookie_and_knows_no_account(client, address):
    CommitmentFactory()
    stranger = client.get(f"{API}{address}")
    client.force_login(administrator(superuser=True))
    officer = client.get(f"{API}{address}")

    assert not officer.cookies
    assert "cookie" not in officer["Vary"].lower()
    assert officer.content == stranger.content
