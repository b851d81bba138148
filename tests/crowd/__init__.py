"""Officers at work as real processes, for tests of what happens when many act at once.

    python -m tests.crowd prepare                    # the milestones and the accounts
    python -m tests.crowd work FOLDER 8 NUMBER       # eight processes report so many times each
    python -m tests.crowd kill FOLDER NUMBER         # so often: kill one in the middle, then look
    python -m tests.crowd check FOLDER               # compare the database with the journals

They run with the tracker's own settings on the database that DATABASE_URL names. Each writes into
a journal of its own in FOLDER what it is about to do, and then what came of it.
"""
