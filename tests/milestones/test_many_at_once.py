"""Eight processes report on the same milestones, and some are killed: nothing is lost or torn."""

import json
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.crowd.journal import read
from tests.databases import copied, new_postgresql
from tests.environment import ENVIRONMENT, STRICT
from tests.process import run_python

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.both_databases]

PROCESSES = 8
REPORTS, KILLS = (1000, 50) if STRICT else (240, 16)

# What an officer may hear who was overtaken by another; anything else is a fault.
OVERTAKEN = (
    "Nothing new: this is already published.",
    "Only a published update on the same thing that nobody has corrected yet",
    "This has been published meanwhile.",
    "This does not wait for sign-off",
    "This draft has been discarded meanwhile.",
    "This is already the due date.",
    "This plan needs the agreement of a civil-society lead.",
)


@pytest.fixture(scope="module")
def prepared(request, django_db_setup, tmp_path_factory):
    if connection.vendor == "sqlite":
        file = request.getfixturevalue("empty_sqlite")
        address = copied(file, tmp_path_factory.mktemp("crowd") / "tracker.sqlite3")
        prepare(address)
        yield address
    else:
        with new_postgresql() as address:
            prepare(address)
            yield address


def prepare(address):
    done = run(address, "prepare")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def address(prepared, tmp_path):
    if connection.vendor == "sqlite":
        yield copied(prepared.removeprefix("sqlite:///"), tmp_path / "tracker.sqlite3")
    else:
        with new_postgresql(urlsplit(prepared).path.strip("/")) as address:
            yield address


def run(address, *arguments):
    given = {"DATABASE_URL": address, **ENVIRONMENT}
    return run_python("-m", "tests.crowd", *map(str, arguments), **given)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "journals"
    made.mkdir()
    return made


def test_eight_processes_report_at_once_and_every_accepted_report_is_there_once(address, folder):
    worked = run(address, "work", folder, PROCESSES, REPORTS // PROCESSES)

    assert worked.returncode == 0, worked.stderr
    assert len(read(folder)) == PROCESSES
    acts = [act for journal in read(folder).values() for act in journal]
    outcomes = Counter((act["act"], act["outcome"]) for act in acts)
    assert sum(n for (act, _outcome), n in outcomes.items() if act == "record") == REPORTS
    assert outcomes["record", "done"] > REPORTS * 0.8
    assert outcomes["publish", "done"] > REPORTS * 0.3
    reasons = {sentence for act in acts for sentence in act["why"]}
    assert {sentence for sentence in reasons if not sentence.startswith(OVERTAKEN)} == set()
    assert reasons, "nobody was ever overtaken: they did not work at once"
    checked = run(address, "check", folder)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_process_that_is_killed_in_the_middle_leaves_only_whole_updates(address, folder):
    killed = run(address, "kill", folder, KILLS)

    assert killed.returncode == 0, killed.stderr
    told = json.loads(killed.stdout)
    assert len(told["in the middle of"]) > told["killed"] / 2
