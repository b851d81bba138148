#!/usr/bin/env python
"""Runs the tracker's commands: `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

from ogp_tracker import local_environment
from ogp_tracker.environment import SettingsError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_tracker.settings")
    try:
        if sys.argv[1:2] == ["demo"]:
            local_environment.prepare(sys.argv[2:])
        execute_from_command_line(sys.argv)
    except SettingsError as error:
        sys.exit(f"The settings cannot be read. {error}")


if __name__ == "__main__":
    main()
