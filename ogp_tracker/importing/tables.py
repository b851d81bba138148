"""The tables that can be imported, in the order in which their rows name each other."""

from collections.abc import Mapping
from typing import Any

from .found import AssessmentTable, FindingTable, ReportTable
from .import_table import ImportTable
from .progress import UpdateTable
from .promised import CommitmentTable, InstitutionTable, MilestoneTable, PlanTable

TABLES: tuple[type[ImportTable[Any]], ...] = (
    InstitutionTable,
    PlanTable,
    CommitmentTable,
    MilestoneTable,
    UpdateTable,
    ReportTable,
    AssessmentTable,
    FindingTable,
)

BY_NAME: Mapping[str, type[ImportTable[Any]]] = {one.table.name: one for one in TABLES}

SHEET_NAMES: Mapping[str, str] = {"plan": "plans", "progress": "updates"}
"""What the sheets of a plan's workbook are called, where not by their table."""

NAMES: Mapping[str, tuple[str, ...]] = {one.table.name: tuple(one.table.names) for one in TABLES}
"""What the columns of each table may be called."""
