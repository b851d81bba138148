"""The commands of `python -m tests.crowd`."""

import os
import sys
from pathlib import Path

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_tracker.settings")
    django.setup()
    from tests.crowd import killing, ledger, officer

    match sys.argv[1:]:
        case ["prepare"]:
            officer.prepare()
        case ["work", folder, name, number]:
            print("ready", flush=True)
            sys.stdin.readline()
            officer.Officer(Path(folder), name).work(int(number))
        case ["kill", folder, number]:
            killing.kill_again_and_again(Path(folder), int(number))
        case ["check", folder]:
            sys.exit(ledger.report_problems(Path(folder)))
        case _:
            sys.exit("See tests/crowd/__init__.py.")


main()
