"""Make the examples in the description of the API anew, from the fixtures.

    python -m pytest tests/make_api_examples.py

Not collected otherwise; tests/api/test_api_schema.py compares.
"""

import json

import pytest

from ogp_tracker.api.examples import FILE, SITE
from tests.api_pages import REAL_ROWS, ask
from tests.world import load_real_rows


def real_examples(client):
    return {name: ask(client, address) for name, address in REAL_ROWS.items()}


@pytest.mark.django_db
def test_examples_are_written(client, settings):
    load_real_rows()
    settings.SITE_URL, settings.ALLOWED_HOSTS = SITE, ["*"]
    text = json.dumps(real_examples(client), indent=2, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")
