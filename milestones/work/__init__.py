"""What waits for an account: one place, for the Admin section's first page and for emails.

work = Work(rights_of(account), on=today)
work.counts()                  # exact, per part
work.rows(WorkList.OVERDUE)[:20]   # what a list shows
"""
