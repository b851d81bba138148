"""What waits for an account: one place, for the Admin section's first page and for emails.

work = Work(rights_of(account), on=today)
work.counts()                  # exact, per part
work.rows(WorkList.OVERDUE)[:20]   # what a list shows
"""

from .institutions import InstitutionRow
from .parts import DUE_SOON_DAYS, WorkList
from .rows import MilestoneRow, UpdateRow
from .work import PlanWork, Work

__all__ = [
    "DUE_SOON_DAYS",
    "InstitutionRow",
    "MilestoneRow",
    "PlanWork",
    "UpdateRow",
    "Work",
    "WorkList",
]
