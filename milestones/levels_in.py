"""How far a milestone is in each nation in scope, as one short text. Pure.

Such as " eng:3 sct:1+ wls:?": completed, limited by our reading, not reported. A milestone carries
it, so that counts by nation look at one row instead of four. Where it does not apply is left out.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from milestones.levels import ORDER, Cell, LevelBasis, Overall, Provenance, stands_at

SIGN_OF: dict[str, str] = {level: str(rank) for level, rank in ORDER.items()}
SIGN_OF |= {Overall.LEVEL_NOT_GIVEN: "w", Overall.NOT_REPORTED: "?"}
STANDING = {sign: standing for standing, sign in SIGN_OF.items()}
READ, TOLD = "+", "!"
"""By our reading; told by an assessor alone."""


class LevelIn(NamedTuple):
    standing: str
    is_read: bool
    is_told: bool


def text_of(cells: Mapping[str, Cell]) -> str:
    """By the codes of the nations."""
    return "".join(
        f" {code}:{SIGN_OF[stands_at(cell)]}"
        f"{READ if cell.level_basis == LevelBasis.READ else ''}"
        f"{TOLD if cell.provenance == Provenance.ASSESSOR_REPORT else ''}"
        for code, cell in sorted(cells.items())
    )


@lru_cache(maxsize=4096)
def levels_in(text: str) -> dict[str, LevelIn]:
    said = (one.partition(":") for one in text.split())
    return {code: LevelIn(STANDING[it[0]], READ in it, TOLD in it) for code, _colon, it in said}


def sql_of(cell: str) -> str:
    """What `text_of` says after the code, in SQL, of the row of progress that `cell` names."""
    signs = " ".join(f"WHEN '{level}' THEN '{rank}'" for level, rank in ORDER.items())
    return (
        f"CASE WHEN {cell}.level <> '' THEN CASE {cell}.level {signs} END"
        f" WHEN {cell}.words_as_published <> '' THEN 'w' ELSE '?' END"
        f" || CASE WHEN {cell}.level_basis = '{LevelBasis.READ}' THEN '{READ}' ELSE '' END"
        f" || CASE {cell}.provenance WHEN '{Provenance.ASSESSOR_REPORT}' THEN '{TOLD}' ELSE '' END"
    )
