"""Processes that report are killed in the middle, by SIGKILL, while others go on."""

import json
import os
import random
import signal
import sys
import time

from django.db import connections

from tests.crowd.journal import TRYING, read
from tests.crowd.ledger import problems
from tests.crowd.processes import start

HIT = {"record", "publish"}
"""Acts in whose middle a process has to die at least once: chance alone may miss one for long."""


def kill_again_and_again(folder, number):
    """Kill at least `number` processes, at most four times as many, until all of `HIT` are hit.

    After each look at what it left. Ends at the first fault.

    Every second one is killed from outside at any moment. The others die at a certain statement,
    which is mostly inside a transaction. Meanwhile a second process reports on the same
    milestones, and has to finish its work. Prints how many died before they knew what became of
    what they were doing.
    """
    dice = random.Random(number)
    for serial in range(4 * number):
        unfinished = [acts[-1]["act"] for acts in read(folder).values() if _is_unfinished(acts)]
        if serial >= number and set(unfinished) >= HIT:
            print(json.dumps({"killed": serial, "in the middle of": unfinished}))
            return
        inside = serial % 2 == 0
        dies_at = dice.randrange(5, 200) if inside else None
        victim = start(folder, f"victim-{serial}", dies_at=dies_at)
        survivor = start(folder, f"survivor-{serial}")
        if not inside:
            time.sleep(dice.uniform(0.1, 0.5))
            os.kill(victim, signal.SIGKILL)
        killed = os.waitpid(victim, 0)[1]
        os.kill(survivor, signal.SIGTERM)
        survived = os.waitpid(survivor, 0)[1]
        found = problems(folder)
        # Nothing that is open may be shared with the next processes.
        connections.close_all()
        if killed != signal.SIGKILL:
            found.append(f"the victim ended with {killed}")
        if survived != 0:
            found.append(f"the survivor ended with {survived}")
        if found:
            sys.exit("\n".join([f"After the death of victim-{serial}:", *found]))
    sys.exit(f"{4 * number} processes died, none of them in the middle of each of {HIT}")


def _is_unfinished(acts):
    return bool(acts) and acts[-1]["outcome"] == TRYING
