"""Processes that report are killed in the middle, by SIGKILL, while others go on."""

import itertools
import json
import os
import random
import signal
import sys
import time
import traceback

from django.db import connection, connections

from tests.crowd.journal import TRYING, read
from tests.crowd.ledger import problems
from tests.crowd.officer import STOP, Officer


def kill_again_and_again(folder, number):
    """Kill so many processes; after each look at what it left. Ends at the first fault.

    Every second one is killed from outside at any moment. The others die at a certain statement,
    which is mostly inside a transaction. Meanwhile a second process reports on the same
    milestones, and has to finish its work. Prints how many died before they knew what became of
    what they were doing.
    """
    dice = random.Random(number)
    for serial in range(number):
        inside = serial % 2 == 0
        victim = start(folder, f"victim-{serial}", dice.randrange(5, 200) if inside else None)
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
    unfinished = [acts[-1]["act"] for acts in read(folder).values() if _is_unfinished(acts)]
    print(json.dumps({"killed": number, "in the middle of": unfinished}))


def start(folder, name, dies_at=None):
    """Start a process that reports until it is stopped, or dies at this statement."""
    # It may be told to stop before it listens: then it hears of it as soon as it does.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        return child
    status = 1
    try:
        officer = Officer(folder, name)
        if dies_at:
            connection.execute_wrappers.append(_death_at(dies_at, officer.chance(50)))
        officer.work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _death_at(number, after):
    count = itertools.count(1)

    def execute_or_die(execute, sql, params, many, context):
        now = next(count) == number
        if now and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return execute_or_die


def _is_unfinished(acts):
    return bool(acts) and acts[-1]["outcome"] == TRYING
