"""The database against the journals: what was accepted is there once, and every row is whole."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from io import StringIO

from django.core.management import call_command
from django.db import connection

from milestones.models import ProgressUpdate
from tests.crowd.journal import DONE, TRYING, read
from tests.crowd.officer import TOKEN

# What a step makes of the state of a report.
AFTER = {
    "submitted": "submitted",
    "taken_back": "draft",
    "returned": "returned",
    "agreed": "submitted",
    "published": "published",
}


@dataclass
class Expected:
    """What the journals say of one report."""

    words: list = field(default_factory=list)
    """The nations and the number of pieces of evidence; several if nobody knows which came last."""
    done: Counter = field(default_factory=Counter)
    unknown: Counter = field(default_factory=Counter)

    def note(self, act):
        outcome = {DONE: self.done, TRYING: self.unknown}.get(act["outcome"])
        if outcome is None:
            return
        outcome[act["act"]] += 1
        if "codes" in act:
            words = (act["codes"], act["pieces"])
            self.words = [words] if outcome is self.done else [*self.words, words]


def report_problems(folder):
    found = problems(folder)
    for problem in found:
        print(problem)
    return len(found)


def problems(folder):
    expected = defaultdict(Expected)
    for acts in read(folder).values():
        for act in acts:
            expected[act["token"]].note(act)
    rows = defaultdict(list)
    for update in ProgressUpdate.objects.prefetch_related("nations", "evidence", "steps"):
        rows[getattr(update, TOKEN)].append(update)
    found = [f"{token}: nobody wrote this" for token in rows.keys() - expected.keys()]
    for token, said in expected.items():
        found += [f"{token}: {problem}" for problem in _of_one(said, rows[token])]
    return [*found, *_of_the_database()]


def _of_one(said, updates):
    if len(updates) > 1:
        yield f"is there {len(updates)} times"
    if not updates:
        if said.done["record"] and not said.done["discard"] and not said.unknown["discard"]:
            yield "was accepted and is not there"
        return
    update = updates[0]
    if said.done["discard"]:
        yield "was discarded and is there"
    words = (sorted(nation.code for nation in update.nations.all()), len(update.evidence.all()))
    if words not in said.words:
        yield f"has {words}, expected one of {said.words}"
    yield from _of_its_steps(said, update)


def _of_its_steps(said, update):
    state, kinds = "draft", Counter()
    for step in update.steps.all():
        kinds[step.kind] += 1
        state = AFTER[step.kind]
    if state != update.state:
        yield f"is {update.state}, but its steps end in {state}"
    if said.done["publish"] and not update.is_published:
        yield f"was published and is {update.state}"
    if kinds["published"] != int(update.is_published):
        yield f"has {kinds['published']} steps of publication and is {update.state}"
    for act, kind in (("submit", "submitted"), ("return", "returned")):
        if not said.done[act] <= kinds[kind] <= said.done[act] + said.unknown[act]:
            yield f"has {kinds[kind]} steps {kind}, accepted were {said.done[act]}"


def _of_the_database():
    out = StringIO()
    try:
        call_command("check_consistency", stdout=out)
    except SystemExit:
        yield out.getvalue()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            answer = cursor.fetchall()
            if answer != [("ok",)]:
                yield f"integrity_check: {answer}"
            cursor.execute("PRAGMA foreign_key_check")
            if orphans := cursor.fetchall():
                yield f"foreign_key_check: {orphans}"
