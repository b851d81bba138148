"""Every public table: promised, delivered, found, and what follows from them."""

from ogp_tracker.opendata.table import Table

from . import delivered, disagreements, found, promised, record

TABLES: tuple[Table, ...] = (
    promised.NATIONS,
    promised.INSTITUTIONS,
    promised.PLANS,
    promised.COMMITMENTS,
    promised.INVOLVEMENTS,
    delivered.MILESTONES,
    delivered.AMENDMENTS,
    delivered.DUE_DATE_CHANGES,
    delivered.NATION_PROGRESS,
    delivered.UPDATES,
    delivered.EVIDENCE,
    found.REPORTS,
    found.ASSESSMENTS,
    found.FINDINGS,
    found.REPLIES,
    disagreements.DISAGREEMENTS,
    record.HISTORY,
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
