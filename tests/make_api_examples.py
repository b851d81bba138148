"""Make the examples in the description of the API anew, from the fixtures.

    python -m pytest tests/make_api_examples.py

Not collected otherwise; tests/api/test_api_schema.py compares.
"""

import json

import pytest

from ogp_tracker.api.examples import FILE, SITE
from tests.api_pages import REAL_ROWS, ask
from tests.world import load_real_rows

LOADED = {
    "published_on": "2026-11-22",
    "published_at": "2026-11-22T12:00:00Z",
    "recorded_at": "2026-11-22T12:00:00Z",
}
"""The fixtures are published when they are loaded; the examples are not to change with that."""


def real_examples(client):
    rows = {name: ask(client, address) for name, address in REAL_ROWS.items()}
    return {
        name: row | {key: LOADED[key] for key in row.keys() & LOADED} for name, row in rows.items()
    }


@pytest.mark.django_db
def test_examples_are_written(client, settings):
    load_real_rows()
    settings.SITE_URL, settings.ALLOWED_HOSTS = SITE, ["*"]
    text = json.dumps(real_examples(client), indent=2, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")
