"""The only writers of progress: updates are published, and the plan is amended, here only.

Each writer takes the lock, asks the rule again, and writes the history row and the current
copy in one transaction with one frozen `now`. That is taken once it holds the lock, so that who
came second is later also by the clock.
"""

from milestones.facts import fingerprint
from milestones.signatures import is_asked_to_agree, may_publish

from .amendments import differing_states, rebuild_states, save_amendment
from .documents import BroughtIn, IncomingUpdate, bring_in_updates
from .drafts import discard_update, record_update, save_draft, take_over
from .milestones import MilestoneNumbers, copy_commitment, delete_milestone, number_milestone
from .progress import chunks, nations_that_stay, rebuild_progress, set_applicability
from .sign_off import agree_to_update, publish_update, return_update, submit_update, what_is_missing
from .who import may_correct, may_return, may_take_over, writes_on

__all__ = [
    "BroughtIn",
    "IncomingUpdate",
    "MilestoneNumbers",
    "agree_to_update",
    "bring_in_updates",
    "chunks",
    "copy_commitment",
    "delete_milestone",
    "differing_states",
    "discard_update",
    "fingerprint",
    "is_asked_to_agree",
    "may_correct",
    "may_publish",
    "may_return",
    "may_take_over",
    "nations_that_stay",
    "number_milestone",
    "publish_update",
    "rebuild_progress",
    "rebuild_states",
    "record_update",
    "return_update",
    "save_amendment",
    "save_draft",
    "set_applicability",
    "submit_update",
    "take_over",
    "what_is_missing",
    "writes_on",
]
