"""What a process was about to do, and what came of it: kept whatever becomes of the process."""

import json
import os
from contextlib import contextmanager

TRYING, DONE, REFUSED = "trying", "done", "refused"


class Journal:
    """The journal of one process; each line is in the file before the next thing happens."""

    def __init__(self, folder, name):
        self.file = os.open(folder / f"{name}.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def write(self, outcome, act, token, **more):
        line = {"outcome": outcome, "act": act, "token": token, **more}
        os.write(self.file, json.dumps(line).encode() + b"\n")

    @contextmanager
    def trying(self, act, token, **more):
        """Note an act before and after; gives what to call with the reasons of a refusal."""
        refusals = []
        self.write(TRYING, act, token, **more)
        yield refusals.extend
        self.write(REFUSED if refusals else DONE, act, token, **more, why=refusals)


def read(folder):
    """Give the acts of each journal; what was killed in the middle stays `trying`."""
    acts = {}
    for path in sorted(folder.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        # One thing at a time: only the last can be without an outcome.
        acts[path.stem] = [line for line in lines if line["outcome"] != TRYING]
        if lines and lines[-1]["outcome"] == TRYING:
            acts[path.stem].append(lines[-1])
    return acts
