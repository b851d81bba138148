"""Officers as processes of their own, all forked from one that has Django at hand."""

import itertools
import os
import signal
import sys
import traceback

from django.db import connection

from tests.crowd.officer import STOP, Officer


def work_at_once(folder, processes, number):
    """Let so many processes report so many times each, at once; return how many of them failed."""
    children = [start(folder, f"worker-{place}", number=number) for place in range(processes)]
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def start(folder, name, *, number=None, dies_at=None):
    """Start a process that reports so many times, or until it is stopped, or dies at a statement.

    This process must not have a connection to the database open.
    """
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
        officer.work(number)
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
        try:
            return execute(sql, params, many, context)
        finally:
            # Also if it failed, as BEGIN does on SQLite while another writes.
            if now:
                os.kill(os.getpid(), signal.SIGKILL)

    return execute_or_die
