"""What waits for an account: one place, asked by the Admin section's first page and by mails.

work = Work(rights_of(account), on=today)
work.counts()                  # exact, per part
work.rows(Part.OVERDUE)[:20]   # what a list shows
"""

from .institutions import InstitutionRow
from .parts import DUE_SOON_DAYS, Part
from .rows import MilestoneRow, ReportRow
from .work import PlanWork, Work

__all__ = [
    "DUE_SOON_DAYS",
    "InstitutionRow",
    "MilestoneRow",
    "Part",
    "PlanWork",
    "ReportRow",
    "Work",
]
