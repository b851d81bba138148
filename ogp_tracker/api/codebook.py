"""The assessors' variables as the API returns them."""

from typing import Any

from irm.codebook import BY_NAME, NOTHINGS, VARIABLES, ReportKind, Variable


def entry(variable: Variable) -> dict[str, Any]:
    return {
        "variable": variable.name,
        "label": str(variable.label),
        "definition": str(variable.definition),
        "values": [
            {
                "code": value.code,
                "label": str(value.label),
                "definition": str(value.definition),
            }
            for value in (*variable.values, *NOTHINGS)
        ],
        "is_complete": variable.is_complete,
        "given_in": [kind for kind in ReportKind.values if kind in variable.given_in],
        "source": variable.source,
    }


def entries() -> list[dict[str, Any]]:
    return [entry(variable) for variable in VARIABLES]


def entry_named(name: str) -> dict[str, Any] | None:
    return entry(BY_NAME[name]) if name in BY_NAME else None
