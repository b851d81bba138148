"""Examples in the description of the API: real responses about commitment UK0096.

`examples.json` holds them; a test makes them again from the fixtures and compares.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from ogp_tracker.api.problems import ProblemKind, body_of

FILE = Path(__file__).with_name("examples.json")

SITE = "https://tracker.example.org"
"""Replaced by the address of the site when the file is read."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "commitments": {"nation": ("sct",), "plan": ("uk-2019-2021",), "area": ("aid",)},
    "milestones": {"commitment_id": ("UK0096",), "overall": ("completed",)},
    "updates": {
        "commitment_id": ("UK0096",),
        "milestone_number": ("3",),
        "level_basis": ("read",),
        "provenance": ("assessor_report",),
    },
    "institutions": {"nation_code": ("sct",)},
    "reports": {"plan_id": ("uk-2019-2021",)},
    "assessments": {"plan": ("uk-2019-2021",), "commitment_id": ("UK0096",)},
    "findings": {"commitment_id": ("UK0096",)},
}
"""Values of filters that match something in the fixtures."""


@cache
def rows() -> dict[str, Any]:
    """One row of each list, by its name."""
    return dict(orjson.loads(FILE.read_text(encoding="utf-8").replace(SITE, settings.SITE_URL)))


def row(name: str) -> dict[str, Any]:
    return dict(rows()[name])


def page(name: str) -> dict[str, Any]:
    return {"next": None, "results": [row(name)]}


def problem(kind: ProblemKind) -> dict[str, Any]:
    if kind.name != "invalid-parameters":
        return body_of(kind, kind.meaning, "/api/v1/commitments/")
    sentence = "“colour” is not a parameter. Use nation, plan or cursor."
    return body_of(kind, sentence, "/api/v1/commitments/?colour=red", {"colour": sentence})
