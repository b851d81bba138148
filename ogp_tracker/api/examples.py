"""Examples in the description of the API: real answers about commitment UK0096.

`examples.json` holds them; a test makes them anew from the fixtures and compares.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from ogp_tracker.api.problems import Kind

FILE = Path(__file__).with_name("examples.json")

SITE = "https://tracker.example.org"
"""Stands in the file for the address of the site."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "commitments": {"nation": ("sct",), "plan": ("uk-2019-2021",), "area": ("aid",)},
    "milestones": {"commitment_id": ("UK0096",)},
    "updates": {"commitment_id": ("UK0096",), "milestone_number": ("3",)},
    "institutions": {"nation_code": ("sct",)},
    "reports": {"plan_id": ("uk-2019-2021",)},
    "assessments": {"plan": ("uk-2019-2021",), "commitment_id": ("UK0096",)},
    "findings": {"commitment_id": ("UK0096",)},
}
"""Values of filters that find something in the fixtures."""


@cache
def rows() -> dict[str, Any]:
    """Return one row of each list, by its name."""
    text = FILE.read_text(encoding="utf-8").replace(SITE, settings.SITE_URL)
    return dict(orjson.loads(text))


def row(name: str) -> Any:
    """Return a row of this list."""
    return rows()[name]


def page(name: str) -> dict[str, Any]:
    """Return a page with one row of this list."""
    return {"next": None, "results": [row(name)]}


def problem(kind: Kind) -> dict[str, Any]:
    """Return what is answered for a problem of this kind."""
    told: dict[str, Any] = {
        "type": f"{settings.SITE_URL}/api/v1/docs/#{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "instance": "/api/v1/commitments/",
    }
    if kind.name == "invalid-parameters":
        sentence = "“colour” is no parameter of this address. It takes nation, plan, cursor."
        told |= {
            "detail": sentence,
            "instance": "/api/v1/commitments/?colour=red",
            "errors": [{"parameter": "colour", "detail": sentence}],
        }
    return told
