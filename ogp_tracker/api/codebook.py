"""The assessors' variables as the API returns them."""

from typing import Any

from irm.codebook import NOTHINGS, ReportKind, Variable


def entry(variable: Variable) -> dict[str, Any]:
    return {
        "variable": variable.name,
        "label": str(variable.label),
        "definition": str(variable.definition),
        "values": [
            {"code": value.code, "label": str(value.label), "definition": value.meaning}
            for value in (*variable.values, *NOTHINGS)
        ],
        "is_complete": variable.is_complete,
        "given_in": [kind for kind in ReportKind.values if kind in variable.given_in],
        "source": variable.source,
    }
