"""The commands of `python -m tests.crowd`."""

import os
import sys
from pathlib import Path

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_tracker.settings")
    django.setup()
    from tests.crowd import killing, ledger, officer, processes

    match sys.argv[1:]:
        case ["prepare"]:
            officer.prepare()
        case ["work", folder, how_many, number]:
            sys.exit(processes.work_at_once(Path(folder), int(how_many), int(number)))
        case ["kill", folder, number]:
            killing.kill_again_and_again(Path(folder), int(number))
        case ["check", folder]:
            sys.exit(ledger.report_problems(Path(folder)))
        case _:
            sys.exit("See tests/crowd/__init__.py.")


main()
