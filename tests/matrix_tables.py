"""Who may do what in the Admin section: the whole truth, written down and not computed.

The first line of a table is the section: `l` lists it, `a` lists it and adds rows, `-` has no such
section. The other lines are rows of the world (tests/matrix_world.py); those alike share one:

    -   does not see it: not in lists, searches or choices, not by its address, not in any page
    p   reads it as it is now, and not its past
    r   reads it and its history
    w   changes it, and does not delete it
    d   changes and deletes it; what rests on it may still stand in the way

"lead", "plan" (point of contact of a plan) and so on are the accounts of the world; "several" is
lead of the Scottish Government, point of contact of England and administrator at once.
"""

from django.contrib.auth import get_user_model

from commitments.models import (
    ActionPlan,
    Commitment,
    Institution,
    Involvement,
    Nation,
    OGPValue,
    PolicyArea,
)
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.models import (
    Amendment,
    Evidence,
    Milestone,
    NationProgress,
    ProgressUpdate,
    Reminder,
)
from ogp_tracker.mistakes.models import Mistake
from tests.matrix_world import mark

ROLES = ("reporter", "lead", "plan", "nation", "civil", "irm", "admin", "super", "several")


def table(text):
    """Return {row: {role: letter}} of a table; the first line is called "section"."""
    lines = [line.rsplit(maxsplit=len(ROLES)) for line in text.strip().splitlines()]
    assert all(len(line) == len(ROLES) + 1 for line in lines), text
    return {
        name: dict(zip(ROLES, letters, strict=True))
        for names, *letters in lines
        for name in names.strip().split(", ")
    }


#                                            reporter lead plan nation civil irm admin super several
ACCOUNTS = """
section                                          -     -     -     -     -     -     a     a     a
unused                                           -     -     -     -     -     -     d     d     d
reporter, lead, plan, nation, civil, irm         -     -     -     -     -     -     w     w     w
admin, super, several, colleague, neighbour      -     -     -     -     -     -     w     w     w
neighbour reporter, scottish, no role            -     -     -     -     -     -     w     w     w
switched off                                     -     -     -     -     -     -     w     w     w
"""
# Nobody takes her own keys away.
NATIONS = """
section                                          l     l     l     l     l     l     l     l     l
eng, sct, wls, nir                               r     r     r     r     r     r     w     w     w
"""
AREAS = """
section                                          l     l     l     l     l     l     a     a     a
area                                             r     r     r     r     r     r     d     d     d
"""
VALUES = """
section                                          l     l     l     l     l     l     a     a     a
value                                            r     r     r     r     r     r     d     d     d
"""
# A contact of the nation adds plans and sees those of others.
PLANS = """
section                                          l     l     l     a     l     l     a     a     a
own                                              r     r     w     r     r     r     d     d     d
neighbour, scottish                              r     r     r     r     r     r     d     d     d
"""
# In the past of an institution stands its mailbox, which assessors do not see.
INSTITUTIONS = """
section                                          l     l     a     a     l     l     a     a     a
home, neighbour, idle                            r     r     r     w     r     p     d     d     d
scottish, centre, civil society, assessors       r     r     r     r     r     p     d     d     d
"""
# The department leads a milestone of “led”, which is the Scottish Government's.
COMMITMENTS = """
section                                          l     l     a     a     l     l     -     -     a
own                                              r     r     w     w     -     p     -     -     w
own draft                                        r     r     d     d     -     -     -     -     d
neighbour                                        -     -     -     w     -     p     -     -     w
neighbour draft                                  -     -     -     d     -     -     -     -     d
scottish                                         -     -     -     -     r     p     -     -     r
scottish draft                                   -     -     -     -     r     -     -     -     r
joint                                            -     -     -     r     r     p     -     -     r
led                                              r     r     -     -     r     p     -     -     r
"""
INVOLVEMENTS = """
section                                          l     l     l     l     l     -     -     -     l
own, own draft                                   r     r     r     r     -     -     -     -     r
neighbour, neighbour draft                       -     -     -     r     -     -     -     -     r
scottish, scottish draft                         -     -     -     -     r     -     -     -     r
joint                                            -     -     -     r     r     -     -     -     r
led                                              r     r     -     -     r     -     -     -     r
"""
MILESTONES = """
section                                          l     l     a     a     l     l     -     -     a
own, own reported                                r     r     w     w     -     p     -     -     w
own draft                                        r     r     d     d     -     -     -     -     d
neighbour, neighbour reported                    -     -     -     w     -     p     -     -     w
neighbour draft                                  -     -     -     d     -     -     -     -     d
scottish, scottish reported                      -     -     -     -     r     p     -     -     r
scottish draft                                   -     -     -     -     r     -     -     -     r
joint                                            -     -     -     r     r     p     -     -     r
led                                              r     r     -     -     r     p     -     -     r
"""
CELLS = """
section                                          l     l     l     l     l     -     -     -     l
own in eng, own reported in eng                  r     r     w     w     -     -     -     -     w
own draft in eng                                 r     r     w     w     -     -     -     -     w
neighbour in eng, neighbour reported in eng      -     -     -     w     -     -     -     -     w
neighbour draft in eng                           -     -     -     w     -     -     -     -     w
scottish in sct, scottish reported in sct        -     -     -     -     r     -     -     -     r
scottish draft in sct                            -     -     -     -     r     -     -     -     r
joint in eng, joint in sct                       -     -     -     r     r     -     -     -     r
led in sct                                       r     r     -     -     r     -     -     -     r
"""
AMENDMENTS = """
section                                          l     l     l     l     l     -     -     -     l
own reported, own draft                          r     r     r     r     -     -     -     -     r
own proposed                                     d     r     r     r     -     -     -     -     r
neighbour reported                               -     -     -     r     -     -     -     -     r
scottish reported                                -     -     -     -     r     -     -     -     r
"""
# "my draft" is the reporter's. "document" is what the point of contact of the plan enters of a
# document in which the lead's institution speaks.
UPDATES = """
section                                          a     a     a     a     l     -     a     a     a
my draft                                         d     r     -     -     -     -     -     -     -
colleague's draft, submitted                     -     r     -     -     -     -     -     -     -
published                                        r     r     r     r     -     -     -     -     r
document                                         -     r     d     r     -     -     -     -     r
neighbour draft                                  -     -     -     -     -     -     -     -     -
neighbour published                              -     -     -     r     -     -     -     -     r
scottish draft                                   -     -     -     -     -     -     -     -     r
scottish submitted, scottish published           -     -     -     -     r     -     -     -     r
"""
EVIDENCE = """
section                                          l     l     l     l     l     -     -     -     l
my draft                                         r     r     -     -     -     -     -     -     -
colleague's draft, submitted                     -     r     -     -     -     -     -     -     -
published                                        r     r     r     r     -     -     -     -     r
document                                         -     r     r     r     -     -     -     -     r
neighbour draft                                  -     -     -     -     -     -     -     -     -
neighbour published                              -     -     -     r     -     -     -     -     r
scottish draft                                   -     -     -     -     -     -     -     -     r
scottish submitted, scottish published           -     -     -     -     r     -     -     -     r
"""
REMINDERS = """
section                                          -     -     -     -     -     -     l     l     l
week                                             -     -     -     -     -     -     r     r     r
"""
# Of an answered one the note is still written.
MISTAKES = """
section                                          -     -     -     -     -     -     l     l     l
open, sent                                       -     -     -     -     -     -     d     d     d
"""
# Government reads what is published; what it was before is the assessors'.
REPORTS = """
section                                          l     l     l     l     l     a     -     -     l
final                                            p     p     p     p     p     w     -     -     p
draft                                            -     -     -     -     -     d     -     -     -
"""
ASSESSMENTS = """
section                                          l     l     l     l     l     a     -     -     l
own                                              p     p     p     p     -     w     -     -     p
own unpublished, of a draft                      -     -     -     -     -     d     -     -     -
own in a draft report                            -     -     -     -     -     w     -     -     -
neighbour                                        -     -     -     p     -     w     -     -     p
scottish                                         -     -     -     -     p     w     -     -     p
"""
FINDINGS = """
section                                          l     l     l     l     l     l     -     -     l
own                                              p     p     p     p     -     w     -     -     p
own unpublished, of a draft                      -     -     -     -     -     d     -     -     -
own in a draft report                            -     -     -     -     -     w     -     -     -
neighbour                                        -     -     -     p     -     w     -     -     p
scottish                                         -     -     -     -     p     w     -     -     p
"""
REPLIES = """
section                                          a     a     l     l     l     -     -     -     a
own draft                                        r     r     -     -     -     -     -     -     -
own published                                    r     r     r     r     -     -     -     -     r
neighbour draft                                  -     -     -     -     -     -     -     -     -
neighbour published                              -     -     -     r     -     -     -     -     r
scottish published                               -     -     -     -     r     -     -     -     r
"""

TABLES = {
    get_user_model(): table(ACCOUNTS),
    Nation: table(NATIONS),
    PolicyArea: table(AREAS),
    OGPValue: table(VALUES),
    ActionPlan: table(PLANS),
    Institution: table(INSTITUTIONS),
    Commitment: table(COMMITMENTS),
    Involvement: table(INVOLVEMENTS),
    Milestone: table(MILESTONES),
    NationProgress: table(CELLS),
    Amendment: table(AMENDMENTS),
    ProgressUpdate: table(UPDATES),
    Evidence: table(EVIDENCE),
    Reminder: table(REMINDERS),
    Mistake: table(MISTAKES),
    Report: table(REPORTS),
    Assessment: table(ASSESSMENTS),
    MilestoneFinding: table(FINDINGS),
    Reply: table(REPLIES),
}

# What is read on the page of another row. A researcher who assessed a commitment knows its name,
# also after it was withdrawn; what was published of a public milestone, and why its plan changed,
# is public.
KNOWN_ALL_THE_SAME = {
    ("irm", Commitment, "own draft"),
    ("irm", Milestone, "own draft"),
    ("irm", Amendment, "own reported"),
    ("irm", Amendment, "neighbour reported"),
    ("irm", Amendment, "scottish reported"),
}
KNOWN_ALL_THE_SAME |= {
    ("irm", model, name)
    for model in (ProgressUpdate, Evidence)
    for name in TABLES[model]
    if name.endswith("published")
}

# The addresses that belong to no row, in the same columns: `y` answers, `-` refuses.
SITE = table("""
index, jsi18n, password_change_done              y     y     y     y     y     y     y     y     y
app_list commitments, app_list milestones        y     y     y     y     y     y     y     y     y
app_list auth, app_list mistakes                 -     -     -     -     -     -     y     y     y
app_list irm                                     y     y     y     y     y     y     -     -     y
my_work_part drafts                              y     y     y     y     -     -     -     -     y
my_work_part agree                               -     -     -     -     y     -     -     -     -
import                                           -     -     y     y     -     y     y     y     y
plan_work, plan_work_part overdue                -     -     y     y     -     -     -     -     y
""")

# Who changes the plan of a milestone.
AMENDS = table("""
own, own draft                                   y     y     y     y     -     -     -     -     y
neighbour                                        -     -     -     y     -     -     -     -     y
scottish, joint                                  -     -     -     -     -     -     -     -     y
""")
# Who publishes the drafts of a plan, and which.
PUBLISHES = {
    "own": {"plan": {"own draft"}, "nation": {"own draft"}, "several": {"own draft"}},
    "neighbour": {"nation": {"neighbour draft"}, "several": {"neighbour draft"}},
    "scottish": {},
}
MAY_PUBLISH_AMENDMENT = {"lead", "plan", "nation", "several"}
# Who may do what with a report that is not published, and nobody else may.
STEPS = {
    "publish": {"submitted": {"lead"}},
    "agree": {"scottish submitted": {"civil"}},
    "return": {"submitted": {"lead"}, "scottish submitted": {"civil", "several"}},
    "take_over": {
        "my draft": {"lead"},
        "colleague's draft": {"lead"},
        "document": {"nation", "several"},
        "scottish draft": {"several"},
    },
}


def rows_with(model, role, letters):
    return {
        name for name, row in TABLES[model].items() if name != "section" and row[role] in letters
    }


def check_gives_nothing_away(world, role, text):
    """Fail if the words of a row stand in the text that the role does not see."""
    for model, table in TABLES.items():
        for name, letters in table.items():
            is_hidden = name != "section" and letters[role] == "-" and model is not get_user_model()
            if is_hidden and (role, model, name) not in KNOWN_ALL_THE_SAME:
                assert mark(model, name) not in text, f"{role} is shown {mark(model, name)}"
