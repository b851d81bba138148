"""The API as a program asks it.

answer = ask(client, "commitments/?nation=sct")        # fails unless the answer is 200
rows = every(client, "commitments/?page_size=2")       # from page to page, to the end
"""

import json
from urllib.parse import urlsplit

API = "/api/v1/"

# One row of each list that the fixtures have, by its address.
REAL_ROWS = {
    "commitments": "commitments/UK0096/",
    "milestones": "milestones/UK0096/3/",
    "updates": "updates/ba2f4369-4324-5eb2-bfd1-2bf29e65cf4c/",
    "institutions": "institutions/scottish-government/",
    "plans": "plans/uk-2019-2021/",
    "reports": "reports/united-kingdom-transitional-results-report-2019-2021/",
    "assessments": "assessments/united-kingdom-transitional-results-report-2019-2021/UK0096/",
    "findings": "findings/united-kingdom-transitional-results-report-2019-2021/UK0096/1/",
    "nations": "nations/sct/",
    "codebook": "codebook/completion/",
}
LISTS = [f"{name}/" for name in REAL_ROWS]


def ask(client, address, status=200, **given):
    response = client.get(f"{API}{address}", **given)
    assert response.status_code == status, f"{address}: {response.status_code} {response.text}"
    media_type = "application/json" if status == 200 else "application/problem+json"
    assert response["Content-Type"] == media_type, address
    return json.loads(response.content)


def wrong(client, address):
    problem = ask(client, address, status=400)
    assert problem["status"] == 400
    return {error["parameter"]: error["detail"] for error in problem["errors"]}


def every(client, address, between=lambda: None):
    """Return the rows of all pages from this one on; `between` is called before each next one."""
    rows = []
    while True:
        page = ask(client, address)
        rows += page["results"]
        if page["next"] is None:
            return rows
        following = urlsplit(page["next"])
        address = f"{following.path.removeprefix(API)}?{following.query}"
        between()
